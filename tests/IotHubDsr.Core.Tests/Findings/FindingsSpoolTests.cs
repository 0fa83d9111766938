using CsCheck;
using IotHubDsr.Core.Findings;

namespace IotHubDsr.Core.Tests.Findings;

/// <summary>What a scan finds is given back by path and by subject, however much of it there is and whatever it is called.</summary>
public sealed class FindingsSpoolTests
{
    private const int Subjects = 7;

    private static readonly Gen<string> Paths = Gen.OneOf(
        Gen.String[0, 12],
        Gen.OneOf("", "a", "a?versionid=1", "\ud800", "x\0y", "é/😀", "a\r\n", "../..", new string('n', 9_000)),
        Gen.Int[0, 99].Select(number => $"contoso-hub/0{number}")
    );

    private static readonly Gen<DateTimeOffset?> Times = Gen.OneOf(
        Gen.Const((DateTimeOffset?)null),
        Gen.Long[0, DateTimeOffset.MaxValue.UtcTicks].Select(ticks => (DateTimeOffset?)new DateTimeOffset(ticks, TimeSpan.Zero)),
        Gen.Int[0, 100_000].Select(milliseconds => (DateTimeOffset?)DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds))
    );

    private static readonly Gen<FoundShare> Shares = Gen.Select(
        Gen.Int[0, Subjects - 1],
        Gen.OneOf(Gen.Long[0, 5], Gen.Long[0, 1L << 53]),
        Gen.Long[0, 1L << 53],
        Times,
        Times,
        (subject, records, bytes, first, last) => new FoundShare(subject, records, bytes) { FirstTime = first, LastTime = last }
    );

    private static readonly Gen<(FoundItem Item, FoundShare[] Shares)> Entries = Gen.Select(
        Paths,
        Paths.Null(),
        Gen.Bool,
        Gen.Long[0, long.MaxValue],
        Shares.Array[0, 6],
        (path, etag, isOldCopy, length, shares) =>
            (
                new FoundItem(path, etag)
                {
                    IsOldCopy = isOldCopy,
                    Length = length,
                    ContentEncoding = isOldCopy ? "gzip" : null,
                },
                shares.DistinctBy(share => share.Subject).OrderBy(share => share.Subject).ToArray()
            )
    );

    [Fact]
    public void Complete_WhateverWasAdded_IsGivenByPathAndBySubject() =>
        Entries
            .Array[0, 40]
            .Select(entries => entries.DistinctBy(entry => entry.Item.Path).ToArray())
            .Sample(entries =>
            {
                using FindingsFile file = Spool(entries);

                (FoundItem Item, FoundShare[] Shares)[] ordered = [.. entries.OrderBy(entry => entry.Item.Path, StringComparer.Ordinal)];
                Assert.Equal(ordered.Select(entry => entry.Item), file.Items());
                Assert.Equal(ordered.SelectMany(entry => entry.Shares), file.Entries().SelectMany(entry => entry.Shares));
                for (int subject = 0; subject < Subjects; subject++)
                {
                    SeenItem[] expected = [.. ItemsOf(ordered, subject)];
                    var spooled = new SpooledItems(file, subject);
                    Assert.Equal(expected, file.ItemsOf(subject));
                    Assert.Equal(expected, spooled);
                    Assert.Equal(expected.Length, spooled.Count);
                    Assert.All(expected, item => Assert.Equal(item, spooled.Find(item.Path)));
                    Assert.Null(spooled.Find("nothing is called so"));
                }
            });

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void Complete_OfMoreThanIsHeldAtOnce_IsGivenByPathAndBySubject(int largestTurn)
    {
        const int count = 30_000;
        var random = new Random(1);
        (FoundItem Item, FoundShare[] Shares)[] entries =
        [
            .. Enumerable
                .Range(0, count)
                .Select(number => (number * 7919) % count)
                .Select(number =>
                    (
                        new FoundItem($"contoso-hub/{number:D8}", $"\"0x{number:X}\""),
                        Enumerable
                            .Range(0, Subjects)
                            .Where(_ => random.Next(3) > 0)
                            .Select(subject => new FoundShare(subject, number, 100))
                            .ToArray()
                    )
                ),
        ];
        using FindingsFile file = Spool(entries, largestTurn);

        (FoundItem Item, FoundShare[] Shares)[] ordered = [.. entries.OrderBy(entry => entry.Item.Path, StringComparer.Ordinal)];
        for (int subject = 0; subject < Subjects; subject++)
            Assert.Equal(ItemsOf(ordered, subject), file.ItemsOf(subject));
        Assert.IsType<SpooledItems>(file.ItemsOf(0));
        SeenItem last = file.ItemsOf(0)[^1];
        Assert.Equal(ItemsOf(ordered, 0).Last(), last);
    }

    [Fact]
    public void SubjectsOf_APath_AreThoseThatWereAddedUnderIt()
    {
        const int count = 20_000;
        using var spool = new FindingsSpool(Subjects);
        for (int number = 0; number < count; number++)
            spool.Add(new FoundItem($"blob-{number * 7919 % count}", "e"), [new FoundShare(number % Subjects, 1, 1)]);
        spool.Add(new FoundItem("blob-5", "f"), [new FoundShare(6, 1, 1)]);

        for (int number = 0; number < count; number += 371)
        {
            int path = number * 7919 % count;
            HashSet<int> expected = [number % Subjects, .. path == 5 ? [6] : Array.Empty<int>()];
            Assert.Equal(expected, spool.SubjectsOf($"blob-{path}").ToHashSet());
        }

        Assert.Contains(6, spool.SubjectsOf("blob-5"));
        Assert.Empty(spool.SubjectsOf("blob-x"));
    }

    [Fact]
    public void Items_OfAPathThatWasReadTwice_AreTheLastOnesAndEachSubjectKeepsItsOwn()
    {
        using var spool = new FindingsSpool(Subjects);
        spool.Add(new FoundItem("a", "first"), [new FoundShare(1, 2, 20)]);
        spool.Add(new FoundItem("a", "second"), [new FoundShare(3, 4, 40)]);

        using FindingsFile file = spool.Complete();

        Assert.Equal("second", Assert.Single(file.Items()).ETag);
        Assert.Equal(new SeenItem("a", "first", 2, 20), Assert.Single(file.ItemsOf(1)));
        Assert.Equal(new SeenItem("a", "second", 4, 40), Assert.Single(file.ItemsOf(3)));
    }

    [Fact]
    public void Index_OfSpooledFindings_FindsWhatAnIndexOfListsFinds() =>
        Entries
            .Array[0, 30]
            .Select(entries => entries.DistinctBy(entry => entry.Item.Path).ToArray())
            .Sample(entries =>
            {
                using FindingsFile file = Spool(entries);
                DeviceDataFinding[] lists = [.. Enumerable.Range(0, Subjects).Select(subject => Finding(subject, file.ItemsOf(subject)))];
                DeviceDataFinding[] spooled =
                [
                    .. Enumerable.Range(0, Subjects).Select(subject => Finding(subject, new SpooledItems(file, subject))),
                ];
                DeviceDataFinding[] mixed = [.. spooled[..3], .. lists[3..]];

                var expected = new ItemIndex(lists);
                foreach (ItemIndex index in new[] { new ItemIndex(spooled), new ItemIndex(mixed) })
                {
                    Assert.Equal(
                        expected.All().Select(all => all[0].Item.Path).Order(StringComparer.Ordinal),
                        index.All().Where(all => all.Count > 0).Select(all => all[0].Item.Path).Order(StringComparer.Ordinal)
                    );
                    foreach ((FoundItem item, FoundShare[] shares) in entries)
                    {
                        Assert.Equal(expected.Of(item.Path).Order(ByFinding), index.Of(item.Path).Order(ByFinding));
                        // An allowance is asked about current blobs: what a copy of the same path holds adds nothing to it.
                        Assert.All(shares, share =>
                            Assert.Equal(item.IsOldCopy ? 0 : share.Records, index.RecordsOf(item.Path, share.Subject))
                        );
                    }
                }
            });

    [Fact]
    public void ByPath_AskedInAnyOrder_FindsWhatIsThere() =>
        Gen.Select(Entries.Array[0, 30], Gen.Int[0, 29].Array[0, 60])
            .Sample(
                (all, asked) =>
                {
                    (FoundItem Item, FoundShare[] Shares)[] entries = [.. all.DistinctBy(entry => entry.Item.Path)];
                    using FindingsFile file = Spool(entries);
                    var byPath = new ItemsByPath(new SpooledItems(file, 2));
                    var expected = new ItemsByPath(file.ItemsOf(2));
                    foreach (int number in asked.Where(number => number < entries.Length))
                        Assert.Equal(expected.Find(entries[number].Item.Path), byPath.Find(entries[number].Item.Path));
                }
            );

    private static Comparer<(int Finding, SeenItem)> ByFinding { get; } =
        Comparer<(int Finding, SeenItem)>.Create(static (one, other) => one.Finding.CompareTo(other.Finding));

    private static DeviceDataFinding Finding(int subject, IReadOnlyList<SeenItem> items) =>
        new()
        {
            DeviceId = $"dev{subject}",
            Location = new DataLocation
            {
                Id = "a",
                Kind = "k",
                Place = "p",
                Provenance = [],
            },
            Verdict = Verdict.Present,
            Items = items,
        };

    private static FindingsFile Spool((FoundItem Item, FoundShare[] Shares)[] entries, int? largestTurn = null)
    {
        using var spool = new FindingsSpool(Subjects, largestTurn);
        foreach ((FoundItem item, FoundShare[] shares) in entries)
            spool.Add(item, shares);
        return spool.Complete();
    }

    private static IEnumerable<SeenItem> ItemsOf((FoundItem Item, FoundShare[] Shares)[] ordered, int subject) =>
        from entry in ordered
        from share in entry.Shares
        where share.Subject == subject
        select share.Of(entry.Item);
}
