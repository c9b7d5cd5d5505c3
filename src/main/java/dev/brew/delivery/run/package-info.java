/** What every run has: the machine-wide lock, and the refusal of bad input. Knows no kind of run. */
package dev.brew.delivery.run;
