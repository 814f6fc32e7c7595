"""The command line: what the API's doors answer, in a terminal."""
