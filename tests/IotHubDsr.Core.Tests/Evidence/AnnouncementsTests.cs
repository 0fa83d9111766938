using CsCheck;
using IotHubDsr.Core.Evidence.Journals;

namespace IotHubDsr.Core.Tests.Evidence;

/// <summary>What a journal says of the work that was announced, in few bytes and however it was written.</summary>
public sealed class AnnouncementsTests
{
    private const int Subjects = 12;

    private static readonly Dictionary<string, int> Registered = Enumerable
        .Range(0, Subjects)
        .ToDictionary(index => $"s{index}", index => index, StringComparer.Ordinal);

    private static readonly Gen<AnnouncedShare[]> Shares = Gen.Select(
            Gen.Int[0, AnnouncedShares.MostSubjects - 1],
            Gen.OneOf(Gen.Long[0, 3], Gen.Long[0, 1L << 53]),
            Gen.OneOf(Gen.Int[0, 2], Gen.Int[0, int.MaxValue]),
            (subject, records, changes) => new AnnouncedShare(subject, records, changes)
        )
        .Array[1, 50]
        .Select(shares => shares.DistinctBy(share => share.Subject).OrderBy(share => share.Subject).ToArray());

    /// <summary>One line of a journal: an announcement for some subjects of an item, or that some were accounted for.</summary>
    private static readonly Gen<(int Item, AnnouncedShare[] Shares, int[]? Accounted)> Lines = Gen.Select(
        Gen.Int[0, 3],
        Gen.Select(Gen.Int[0, Subjects - 1], Gen.Long[0, 5], (subject, records) => new AnnouncedShare(subject, records, 1)).Array[1, 8],
        Gen.Int[0, Subjects - 1].Array[1, 4],
        Gen.Int[0, 4],
        (item, shares, accounted, kind) =>
            (
                item,
                shares.DistinctBy(share => share.Subject).OrderBy(share => share.Subject).ToArray(),
                kind == 0 ? accounted : (int[]?)null
            )
    );

    [Fact]
    public void Shares_AreReadAsTheyWereWritten() =>
        Shares.Sample(shares => Assert.Equal(shares, AnnouncedShares.Read(AnnouncedShares.Write(shares), AnnouncedShares.MostSubjects)));

    [Fact]
    public void Shares_OfAThousandSubjects_TakeLittle()
    {
        int[] counts = [.. Enumerable.Range(0, 1_000).Select(number => (number * 7919) % 127)];
        AnnouncedShare[] all = [.. counts.Select((count, index) => new AnnouncedShare(index, count, 1))];
        AnnouncedShare[] everyOther = [.. all.Select(share => share with { Subject = 2 * share.Subject })];

        Assert.InRange(AnnouncedShares.Write(all).Length, 1, 1_400);
        Assert.InRange(AnnouncedShares.Write([.. all.Select(share => share with { Records = 2 })]).Length, 1, 20);
        Assert.InRange(AnnouncedShares.Write(everyOther).Length, 1, 1_400);
    }

    [Theory]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("AA==")] // no share
    [InlineData("AQEAAQEBAQ==")] // ends too early
    [InlineData("AQEAAQEBAQEBAQA=")] // more behind it
    [InlineData("AQEDAQEBAQEBAQ==")] // a subject that is not there
    [InlineData("AgEAAwEBAgEBAg==")] // a longer run than there are shares
    [InlineData("AQIAAQEBAQEBAQ==")] // a form of a column that is not known
    [InlineData("//////////////8=")]
    public void Shares_ThatWereNotWrittenHere_AreRefused(string text)
    {
        Assert.Throws<FormatException>(() => AnnouncedShares.Read(text, most: 2));
        Assert.False(AnnouncedShares.AreWithin(text, subjects: 2));
    }

    [Fact]
    public void Gone_WhateverTheFormOfTheRows_IsWhatWasAnnouncedLastAndIsNotThere() =>
        Gen.Select(Lines.Array[0, 30], Gen.Select(Gen.Int[0, 3], Gen.Int[0, Subjects - 1]).Array[0, 10], Gen.Bool.Array[30])
            .Sample(
                (lines, there, inOldForm) =>
                {
                    var journal = new Announcements();
                    var expected = new Dictionary<(int Item, int Subject), (AnnouncedShare Share, DateTimeOffset At)>();
                    foreach ((int number, (int item, AnnouncedShare[] shares, int[]? accounted)) in lines.Index())
                    {
                        DateTimeOffset at = DateTimeOffset.UnixEpoch.AddHours(number);
                        if (accounted is not null)
                        {
                            journal.Forget(accounted);
                            foreach ((int, int Subject) known in expected.Keys.Where(known => accounted.Contains(known.Subject)).ToList())
                                expected.Remove(known);
                            continue;
                        }

                        journal.Add(inOldForm[number] ? OldRows(item, shares) : [NewRow(item, shares)], at, Registered);
                        foreach (AnnouncedShare share in shares)
                            expected[(item, share.Subject)] = (share, at);
                    }

                    IReadOnlyDictionary<int, AnnouncedWork> gone = journal.Gone(there.Select(one => ($"item-{one.Item1}", one.Item2)));

                    foreach ((int, int) kept in there)
                        expected.Remove(kept);
                    Assert.Equal(
                        expected
                            .GroupBy(one => one.Key.Subject)
                            .OrderBy(subject => subject.Key)
                            .Select(subject =>
                                (
                                    subject.Key,
                                    new AnnouncedWork(
                                        subject.Sum(one => one.Value.Share.Records),
                                        subject.Sum(one => one.Value.Share.Changes),
                                        subject.Min(one => one.Value.At)
                                    )
                                )
                            ),
                        gone.OrderBy(one => one.Key).Select(one => (one.Key, one.Value))
                    );
                }
            );

    private static AnnouncedRow NewRow(int item, AnnouncedShare[] shares) => new($"item-{item}", Shares: AnnouncedShares.Write(shares));

    private static AnnouncedRow[] OldRows(int item, AnnouncedShare[] shares) =>
        [.. shares.Select(share => new AnnouncedRow($"item-{item}", $"s{share.Subject}", share.Records, share.Changes))];
}
