"""What a network is and what it costs: no web, no torch, no plotly."""
