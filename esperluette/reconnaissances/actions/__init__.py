"""Les gestes : un fichier par moment de la vie d'une reconnaissance."""
