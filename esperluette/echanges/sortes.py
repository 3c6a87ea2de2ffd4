"""Les courriels des échanges."""

from esperluette.notifications.enums import Public
from esperluette.notifications.sortes import Sorte

SORTES = (
    Sorte("messages_de_l_ars", "L’ARS vous écrit", Public.EQUIPE, ("echanges/message_de_l_ars",)),
    Sorte("messages_des_equipes", "Une équipe vous écrit", Public.AGENT, ("echanges/message_de_l_equipe",)),
    Sorte("mentions", "Un collègue vous appelle dans une note interne", Public.AGENT, ("echanges/mention",)),
)
