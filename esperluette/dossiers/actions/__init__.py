"""Les verbes du dossier : `redaction` (écrire), `depot` (figer, signer, déposer)."""
