using System.Text;
using Azure;
using IotHubDsr.Core.Azure.Blobs;
using IotHubDsr.Core.Records;
using IotHubDsr.Core.Sinks.BlobIndexes;

namespace IotHubDsr.Core.Tests.Sinks.BlobIndexes;

/// <summary>When an entry of the index counts, and what is done with it.</summary>
public sealed class IndexSessionTests
{
    private static readonly IndexedPlace Place = new("place", "1 place origin");
    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly MemoryFiles _files = new();

    private IndexStore Store => new(_files);

    [Fact]
    public async Task BlobWithoutTheDevice_IsExcluded_AndOneWithItIsNot()
    {
        await AddAsync((Blob("a"), ["dev1", "dev2"]), (Blob("b"), ["dev2"]));

        IndexSession session = await OpenAsync(IndexUse.Use, "dev1");

        Assert.False(session.Excludes(Blob("a")));
        Assert.True(session.Excludes(Blob("b")));
        Assert.Equal((1, Monday), (session.Excluded, session.Since));
    }

    [Fact]
    public async Task EntryOfAnotherContent_DoesNotCount()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        IndexSession session = await OpenAsync(IndexUse.Use, "dev1");

        ListedBlob[] others =
        [
            Blob("a", etag: "0x2"),
            Blob("a", length: 2),
            Blob("A"),
            Blob("a") with
            {
                IsOldCopy = true,
                VersionId = "2026-01-05T08:00:00Z",
            },
            Blob("a") with
            {
                IsOldCopy = true,
                Snapshot = "2026-01-05T08:00:00Z",
            },
        ];

        Assert.All(others, blob => Assert.False(session.Excludes(blob)));
        Assert.True(session.Excludes(Blob("a")));
    }

    [Theory]
    [InlineData("place", "2 place origin")]
    [InlineData("place", "1 place other")]
    [InlineData("elsewhere", "1 place origin")]
    public async Task EntryOfAnotherMatcherHubOrPlace_DoesNotCount(string name, string reading)
    {
        await AddAsync((Blob("a"), ["dev2"]));

        Assert.False((await OpenAsync(IndexUse.Use, new IndexedPlace(name, reading), "dev1")).Excludes(Blob("a")));
    }

    [Fact]
    public async Task EntryUnderAnotherKey_DoesNotCount()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        _files.Files["key"] = IndexKey.Make().ToFile();

        Assert.False((await OpenAsync(IndexUse.Use, "dev1")).Excludes(Blob("a")));
    }

    [Fact]
    public async Task DamagedPack_DoesNotCount()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        string pack = Pack();
        byte[] whole = _files.Files[pack];
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            _files.Files[pack] = damaged;
            Assert.False((await OpenAsync(IndexUse.Use, "dev1")).Excludes(Blob("a")));
            _files.Files[pack] = whole[..at];
            Assert.False((await OpenAsync(IndexUse.Use, "dev1")).Excludes(Blob("a")));
        }
    }

    [Fact]
    public async Task ReadingForAVerdict_ReadsAllAndAddsWhatIsMissing()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        IndexSession session = await OpenAsync(IndexUse.Extend, "dev1");

        Assert.False(session.Excludes(Blob("a")));
        Assert.Null(session.Note(Blob("a")));
        Assert.NotNull(session.Note(Blob("b")));
    }

    [Fact]
    public async Task BlobOfADeviceThatIsLookedFor_IsNotAdded()
    {
        IndexSession session = await OpenAsync(IndexUse.Extend, "dev1");
        await AddAsync(session, Blob("a"), Asked("dev2", "dev1"));
        AskedNames met = Asked("dev2");
        met.MeetSubject();
        await AddAsync(session, Blob("b"), met);
        await session.CompleteAsync(CancellationToken.None);

        Assert.Equal(["key"], _files.Files.Keys);
    }

    [Fact]
    public async Task IdThatNoIndexTakes_GoesPastTheIndex()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        IndexKey key = (await Store.ReadKeyAsync(CancellationToken.None))!;
        var subjects = new SubjectIndex([new string('x', AskedNames.LongestId + 1)]);

        Assert.Null(await IndexSession.OpenAsync(Store, key, IndexUse.Use, Place, subjects, Monday, CancellationToken.None));
    }

    [Fact]
    public async Task Renewing_ForgetsContentsThatAreGone_AndPutsPacksTogether()
    {
        await AddAsync((Blob("a"), ["dev1"]), (Blob("b"), ["dev2"]));
        await AddAsync((Blob("c"), ["dev3"]));
        IndexSession session = await OpenAsync(IndexUse.Renew);
        Assert.True(session.Excludes(Blob("a")));
        Assert.True(session.Excludes(Blob("c")));
        Assert.False(session.Excludes(Blob("b", etag: "0x2")));
        await session.CompleteAsync(CancellationToken.None);

        IndexPack pack = (await Store.ReadAsync(Pack(), (await Store.ReadKeyAsync(CancellationToken.None))!, CancellationToken.None))!.Pack;
        Assert.Equal(2, pack.Entries.Count);
        IndexSession after = await OpenAsync(IndexUse.Use, "dev4");
        Assert.Equal([true, false, true], [after.Excludes(Blob("a")), after.Excludes(Blob("b")), after.Excludes(Blob("c"))]);
    }

    [Fact]
    public async Task StoreThatCannotBeWritten_CostsNothingButTheIndex()
    {
        IndexSession session = await OpenAsync(IndexUse.Extend, "dev1");
        _files.Refusal = new IOException("full");
        await AddAsync(session, Blob("a"), Asked("dev2"));
        await session.CompleteAsync(CancellationToken.None);

        Assert.Equal("full", session.Failure?.Message);
        Assert.Equal(["key"], _files.Files.Keys);
    }

    [Fact]
    public async Task RemovedIndex_GetsNoEntriesAfterwards()
    {
        IndexSession session = await OpenAsync(IndexUse.Extend, "dev1");
        await AddAsync(session, Blob("a"), Asked("dev2"));
        await Store.RemoveAsync(CancellationToken.None);
        await session.CompleteAsync(CancellationToken.None);

        Assert.Empty(_files.Files);
    }

    [Fact]
    public async Task EntriesThatWereReadBeforeADrop_AreNotSavedAfterIt()
    {
        IndexSession reading = await OpenAsync(IndexUse.Extend, "dev9");
        await AddAsync(reading, Blob("a"), Asked("dev2"));

        await Store.NoteDropAsync(CancellationToken.None);
        await reading.CompleteAsync(CancellationToken.None);

        Assert.Empty(Packs);
        await AddAsync((Blob("a"), ["dev2"]));
        Assert.Single(Packs);
    }

    [Fact]
    public async Task PacksThatArePutTogetherWhileEntriesAreDropped_DoNotBringThemBack()
    {
        await AddAsync((Blob("a"), ["dev2"]));
        await AddAsync((Blob("b"), ["dev3"]));
        IndexSession renewing = await OpenAsync(IndexUse.Renew, "dev9");
        renewing.Excludes(Blob("a"));
        renewing.Excludes(Blob("b"));
        int saved = 0;
        _files.Saving = name =>
        {
            // The packs have been read, and what is put together of them is about to be saved.
            if (name.EndsWith(".pack", StringComparison.Ordinal) && saved++ == 0)
                _files.Files["drop-by-somebody"] = [1];
        };

        await renewing.CompleteAsync(CancellationToken.None);

        Assert.Equal((1, 0), (saved, Packs.Count()));
    }

    [Fact]
    public async Task NotesOfDrops_DoNotPileUp()
    {
        for (int drop = 0; drop < 5; drop++)
            await Store.NoteDropAsync(CancellationToken.None);

        Assert.Single((await Store.NamesAsync(CancellationToken.None)).Drops);
    }

    [Fact]
    public async Task ThousandDevicesOfABlob_TakeLessThan3AndAHalfBytesEach()
    {
        const int devices = 1_000;
        const int blobs = 20;
        string[] ids = [.. Enumerable.Range(0, devices).Select(static i => $"thermostat-{i:D7}-eu")];
        await AddAsync([.. Enumerable.Range(0, blobs).Select(i => (Blob($"b{i}"), ids))]);

        Assert.InRange((double)_files.Files[Pack()].Length / (devices * blobs), 3, 3.5);
    }

    private static ListedBlob Blob(string name, string etag = "0x1", long length = 1) => new(name, new ETag(etag), length, Monday);

    private static async Task AddAsync(IndexSession session, ListedBlob blob, AskedNames asked)
    {
        if (session.EntryOf(blob, asked) is { } entry)
            await session.AddAsync(entry, CancellationToken.None);
    }

    private static AskedNames Asked(params string[] names)
    {
        var asked = new AskedNames();
        foreach (string name in names)
            asked.Add(Encoding.UTF8.GetBytes(name));
        return asked;
    }

    private IEnumerable<string> Packs => _files.Files.Keys.Where(static name => name.EndsWith(".pack", StringComparison.Ordinal));

    private string Pack() => Assert.Single(Packs);

    private async Task AddAsync(params (ListedBlob Blob, string[] DeviceIds)[] blobs)
    {
        IndexSession session = await OpenAsync(IndexUse.Extend);
        foreach ((ListedBlob blob, string[] deviceIds) in blobs)
            await AddAsync(session, blob, Asked(deviceIds));
        await session.CompleteAsync(CancellationToken.None);
    }

    private Task<IndexSession> OpenAsync(IndexUse use, params string[] deviceIds) => OpenAsync(use, Place, deviceIds);

    private async Task<IndexSession> OpenAsync(IndexUse use, IndexedPlace place, params string[] deviceIds)
    {
        IndexKey key = await Store.MakeKeyAsync(CancellationToken.None);
        return (await IndexSession.OpenAsync(Store, key, use, place, new SubjectIndex(deviceIds), Monday, CancellationToken.None))!;
    }
}
