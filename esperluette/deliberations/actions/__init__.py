"""Les gestes : lire et donner son avis, tenir la séance, délibérer, clore, suivre les réserves."""
