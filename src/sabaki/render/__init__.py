"""Pure functions of Report: terminal, HTML, Markdown (JSON is the Report itself)."""
