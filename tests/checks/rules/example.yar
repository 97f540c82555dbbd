rule sabaki_example {
  strings:
    $mark = "SABAKI-EXAMPLE-MARKER"
  condition:
    $mark
}
