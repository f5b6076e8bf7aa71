"""Attribution: paths of touches and the rules that share out their credit."""
