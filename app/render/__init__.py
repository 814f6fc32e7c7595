"""An analysis in, one presentation out; a file for each thing that a visitor sees or takes home."""
