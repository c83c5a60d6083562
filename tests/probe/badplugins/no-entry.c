int plimsoll_nothing_here;
