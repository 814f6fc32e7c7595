"""How answers travel: the connection, what every request passes, kept answers and their forms, files, logs, metrics."""
