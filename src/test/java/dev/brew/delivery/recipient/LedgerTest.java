package dev.brew.delivery.recipient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger(List.of("analytics", "billing"), 2);

    @Test
    void holdsWhenEveryEventCameOnceAndInOrder() {
        receive(0, 0, 1, 2, 3);
        receive(1, 1, 0, 3, 2); // two customers, each in its own order
        assertThat(ledger.balance(4)).allMatch(Ledger.Balance::holds);
    }

    @Test
    void countsWhatIsWrongForEachRecipientByItself() {
        receive(0, 0, 2, 2, 2, 5, 3);
        receive(1, 2, 0, 1, 3);
        assertThat(ledger.balance(5)).extracting(Ledger.Balance::toString).containsExactly(
                "analytics: sent 5, received 3, lost 2, duplicated 2, out of order 1, never sent 1",
                "billing: sent 5, received 4, lost 1, duplicated 0, out of order 1, never sent 0");
    }

    @Test
    void tellsTheFirstReceptionFromTheOthers() {
        assertThat(ledger.received(0, 7)).isTrue();
        assertThat(ledger.received(0, 7)).isFalse();
        assertThat(ledger.received(1, 7)).isTrue();
    }

    @Test
    void knowsNoOrderWhenEveryEventHasItsOwnCustomer() {
        Ledger unordered = new Ledger(List.of("analytics"), 0);
        List.of(3, 1, 0, 2).forEach(sequence -> unordered.received(0, sequence));
        assertThat(unordered.balance(4)).allMatch(Ledger.Balance::holds);
    }

    @Test
    void countsRightWhenSeveralThreadsEnterAtOnce() {
        Ledger shared = new Ledger(List.of("analytics"), 0);
        IntStream.range(0, 40_000).parallel().forEach(i -> shared.received(0, i % 20_000));
        assertThat(shared.balance(20_000).get(0))
                .isEqualTo(new Ledger.Balance("analytics", 20_000, 20_000, 0, 20_000, 0, 0));
    }

    @Test
    void holdsTheLastSequenceThereIs() {
        Ledger last = new Ledger(List.of("analytics"), 0);
        last.received(0, Integer.MAX_VALUE - 1);
        assertThat(last.balance(1).get(0).neverSent()).isEqualTo(1);
    }

    @Test
    void refusesASequenceThatItCannotHold() {
        assertThatThrownBy(() -> ledger.received(0, -1)).hasMessage("sequence must be 0..2147483646, got -1");
        assertThatThrownBy(() -> ledger.received(0, Integer.MAX_VALUE))
                .hasMessage("sequence must be 0..2147483646, got 2147483647");
    }

    private void receive(int recipient, int... sequences) {
        for (int sequence : sequences) {
            ledger.received(recipient, sequence);
        }
    }
}
