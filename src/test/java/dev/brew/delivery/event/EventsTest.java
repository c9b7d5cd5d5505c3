package dev.brew.delivery.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brew.delivery.users.v1.CustomerSignedUp;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

    private static final NanoClock CLOCK = () -> 1_700_000_000_123_456_789L;

    @ParameterizedTest
    @ValueSource(ints = {128, 129, 200, 256, 1_000, 4_096, 20_000, 1_000_000})
    void anEventHasThePayloadAskedFor(int bytes) {
        Events events = new Events("run", "m1", 0, bytes, CLOCK);
        for (int i = 0; i < 2_000 && i * (long) bytes < 50_000_000L; i++) {
            assertThat(events.next().getSerializedSize()).isEqualTo(bytes);
        }
    }

    @Test
    void aPayloadIsAByteShortOnlyWhereTheLengthFieldGrows() {
        List<Integer> shorter = IntStream.range(Events.MIN_PAYLOAD_BYTES, 20_000)
                .filter(bytes -> new Events("run", "m1", 0, bytes, CLOCK).next().getSerializedSize() != bytes)
                .boxed().toList();
        assertThat(shorter).hasSizeLessThanOrEqualTo(2).allSatisfy(bytes -> assertThat(
                new Events("run", "m1", 0, bytes, CLOCK).next().getSerializedSize()).isEqualTo(bytes - 1));
    }

    @Test
    void theSmallestPayloadHoldsTheLongestIds() {
        CustomerSignedUp event = new Events(EventId.newRun(), "m99", Integer.MAX_VALUE, 128, () -> Long.MAX_VALUE)
                .next();
        assertThat(event.getSerializedSize()).isEqualTo(128);
    }

    @ParameterizedTest
    @ValueSource(ints = {127, 0, -1, 1_000_001})
    void aPayloadOutOfRangeIsNamed(int bytes) {
        assertThatThrownBy(() -> new Events("run", "m1", 0, bytes, CLOCK)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("payloadBytes must be 128..1000000, got " + bytes);
    }

    @Test
    void theSignUpTimeSurvivesToTheNanosecond() {
        for (long nanos : List.of(0L, 1L, 999_999_999L, 1_000_000_000L, 1_700_000_000_123_456_789L)) {
            assertThat(Events.signedUpNanos(new Events("run", "m1", 0, 256, CLOCK).next(nanos))).isEqualTo(nanos);
        }
        assertThat(Events.signedUpNanos(new Events("run", "m1", 0, 256, CLOCK).next())).isEqualTo(CLOCK.nanos());
    }

    @Test
    void customersGoRoundAndIdsCount() {
        Events events = new Events("run", "m1", 3, 256, CLOCK);
        List<CustomerSignedUp> made = IntStream.range(0, 5).mapToObj(i -> events.next()).toList();
        assertThat(made).extracting(CustomerSignedUp::getCustomerId).containsExactly("c-0", "c-1", "c-2", "c-0", "c-1");
        assertThat(made).extracting(CustomerSignedUp::getEventId)
                .containsExactly("run.m1.0", "run.m1.1", "run.m1.2", "run.m1.3", "run.m1.4");
        assertThat(events.made()).isEqualTo(5);
    }

    @Test
    void severalThreadsLeaveNoGapInTheSequence() {
        Events events = new Events("run", "m1", 0, 256, CLOCK);
        Set<Long> sequences = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 10_000).parallel()
                .forEach(i -> sequences.add(EventId.parse(events.next().getEventId()).sequence()));
        assertThat(sequences).hasSize(10_000).allMatch(sequence -> sequence < 10_000);
    }

    @Test
    void theSystemClockNeverRunsBackwards() {
        NanoClock clock = NanoClock.system();
        long last = clock.nanos();
        for (int i = 0; i < 100_000; i++) {
            long now = clock.nanos();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void anIdSurvivesItsText() {
        EventId id = new EventId(EventId.newRun(), "m2", 123_456_789_012L);
        assertThat(EventId.parse(id.toString())).isEqualTo(id);
        assertThat(id.run()).matches("r[0-9a-z]{6}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a.b", "a.b.", "a..1", ".b.1", "a.b.x", "a.b.-1", "a.b.1.2", "a.b.+1", "a b.c.1"})
    void whatIsNoIdIsRefused(String text) {
        assertThatThrownBy(() -> EventId.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
