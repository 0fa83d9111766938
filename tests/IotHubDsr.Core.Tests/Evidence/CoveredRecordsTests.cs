using System.Text.Json;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Requests;

namespace IotHubDsr.Core.Tests.Evidence;

/// <summary>What an order to erase covers stands in the journal as hashes, and journals without it are read.</summary>
public sealed class CoveredRecordsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Hashes_AreReadAsTheyWereWritten_EachOnce()
    {
        ulong[] hashes = [7, ulong.MaxValue, 0, 7, 1UL << 63];

        IReadOnlySet<ulong> read = CoveredRecords.Read(CoveredRecords.Write(hashes));

        Assert.Equal([0UL, 7UL, 1UL << 63, ulong.MaxValue], read.Order());
    }

    [Theory]
    [InlineData("AAAA")]
    [InlineData("no base64")]
    public void Hashes_OfAnotherLength_AreNoLineOfOurs(string covers) =>
        Assert.Throws<FormatException>(() => JournalRules.Require(new TicketTaken("l", "o", s_now, DueBy: null, Subjects: null, covers)));

    [Fact]
    public void Records_ThatStay_AreCounted() =>
        Assert.Throws<JsonException>(() =>
            JournalRules.Require(
                new TicketTaken("l", "o", s_now, DueBy: null, Subjects: null, Covers: null, [new LeftGroup(-1, Until: null, ["s"])])
            )
        );

    [Fact]
    public void Line_OfAnEarlierVersion_CoversAll()
    {
        const string line = """{"type":"ticket-taken","location":"l","operation":"o","acceptedAt":"2026-11-30T12:00:00Z"}""";
        var taken = (TicketTaken)JsonSerializer.Deserialize<JournalEvent>(line, JournalContract.Json)!;
        var tickets = new LocationTickets();
        JournalRules.Require(taken);

        tickets.Take(taken);
        bool isAll = tickets.CoverAllOf("s");
        tickets.Take(taken with { Covers = CoveredRecords.Write([1]) });

        Assert.Equal((true, false), (isAll, tickets.CoverAllOf("s")));
        Assert.Null(tickets.LeftOf("s"));
    }

    [Fact]
    public void Hash_IsOfTheKeyTheLocationAndTheRecord()
    {
        var key = RequestKey.Make();

        ulong hash = key.Covered("a", "b");

        Assert.Equal(hash, key.Covered("a", "b"));
        Assert.Distinct([hash, key.Covered("b", "a"), key.Covered("a", "c"), RequestKey.Make().Covered("a", "b")]);
    }
}
