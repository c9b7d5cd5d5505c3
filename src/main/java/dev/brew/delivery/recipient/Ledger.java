package dev.brew.delivery.recipient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * The account of one phase. For each recipient, it records the events that arrived, the number of duplicates, and the
 * order of each customer's events. It takes one bit for each event and recipient, and four bytes for each customer and
 * recipient.
 *
 * <p>Safe for use by several threads: each recipient's account has its own lock.
 */
public final class Ledger {

    /** One less than the largest int: with the largest int, the length of a BitSet overflows. */
    private static final int MAX_SEQUENCE = Integer.MAX_VALUE - 1;

    private final List<String> names;
    private final List<Account> accounts;

    /**
     * @param recipients the names of the recipients, in the order of their indexes
     * @param customers  the number of customers among whom the events rotate (sequence modulo customers); 0: every
     *                   event has its own customer, so there is no order to check
     */
    public Ledger(List<String> recipients, int customers) {
        this.names = List.copyOf(recipients);
        this.accounts = names.stream().map(name -> new Account(customers)).toList();
    }

    /**
     * Enters one reception.
     *
     * @param sequence 0..2^31-2
     * @return true if it is the first reception of this event at this recipient
     * @throws IllegalArgumentException if {@code sequence} is out of range
     */
    public boolean received(int recipient, long sequence) {
        if (sequence < 0 || sequence > MAX_SEQUENCE) {
            throw new IllegalArgumentException("sequence must be 0.." + MAX_SEQUENCE + ", got " + sequence);
        }
        return accounts.get(recipient).enter((int) sequence);
    }

    /** The balance against {@code sent} events with the sequences 0..sent-1, one entry for each recipient. */
    public List<Balance> balance(long sent) {
        List<Balance> balances = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            balances.add(accounts.get(i).balance(names.get(i), sent));
        }
        return balances;
    }

    /**
     * The balance of one recipient's account.
     *
     * @param recipient  the recipient's name
     * @param sent       events sent
     * @param received   sent events that arrived at least once
     * @param lost       sent events that were never received
     * @param duplicated receptions of an event after its first
     * @param outOfOrder first receptions of an event after a later event of the same customer
     * @param neverSent  received events that were never sent
     */
    public record Balance(String recipient, long sent, long received, long lost, long duplicated, long outOfOrder,
                          long neverSent) {

        /** True if every event arrived exactly once and in its customer's order. */
        public boolean holds() {
            return lost == 0 && holdsButForLoss();
        }

        /** True if no event was duplicated, out of its customer's order, or never sent. */
        public boolean holdsButForLoss() {
            return duplicated == 0 && outOfOrder == 0 && neverSent == 0;
        }

        @Override
        public String toString() {
            return "%s: sent %d, received %d, lost %d, duplicated %d, out of order %d, never sent %d".formatted(
                    recipient, sent, received, lost, duplicated, outOfOrder, neverSent);
        }
    }

    private static final class Account {
        private final BitSet seen = new BitSet();
        private final int[] newestOfCustomer;
        private long duplicated;
        private long outOfOrder;

        Account(int customers) {
            newestOfCustomer = new int[customers];
            Arrays.fill(newestOfCustomer, -1);
        }

        synchronized boolean enter(int sequence) {
            if (seen.get(sequence)) {
                duplicated++;
                return false;
            }
            seen.set(sequence);
            if (newestOfCustomer.length > 0) {
                int customer = sequence % newestOfCustomer.length;
                if (sequence < newestOfCustomer[customer]) {
                    outOfOrder++;
                }
                newestOfCustomer[customer] = Math.max(newestOfCustomer[customer], sequence);
            }
            return true;
        }

        synchronized Balance balance(String name, long sent) {
            int bound = (int) Math.min(sent, Integer.MAX_VALUE);
            long received = seen.get(0, bound).cardinality();
            long neverSent = seen.cardinality() - received;
            return new Balance(name, sent, received, sent - received, duplicated, outOfOrder, neverSent);
        }
    }
}
