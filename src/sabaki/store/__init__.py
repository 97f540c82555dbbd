"""What is kept between runs: answers of the outside world, for as long as their sources let them be reused."""
