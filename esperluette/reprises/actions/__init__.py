"""Les gestes de la reprise : reprendre une ou plusieurs équipes, joindre leurs actes."""
