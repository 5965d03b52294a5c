"""Learning platforms over LTI 1.3: who may launch us, whether a launch is true, and what is handed back."""
