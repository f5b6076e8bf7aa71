"""How a market runs: draws, rules, board, and two engines that obey them."""
