using System.Text;
using IotHubDsr.Core.Azure.Hub;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Evidence.Stores;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Evidence;

/// <summary>The journal on its own: what is added is kept in order, and what was changed shows.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("journal-tests-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private IEvidenceFolder Folder => new FolderEvidence(_root).Open("20260301T120000Z-0123abcd");

    private string JournalPath => Path.Combine(_root, "20260301T120000Z-0123abcd", "journal.jsonl");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Append_FromManyAtOnce_KeepsEachOnceAndInOneChain()
    {
        await using (Journal journal = await OpenAsync())
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 200)
                    .Select(async number =>
                    {
                        await Task.Yield();
                        await journal.AppendAsync(Announcement($"item-{number}"), CancellationToken.None);
                    })
            );
        }

        byte[] lines = (await Folder.ReadJournalAsync(known: null, CancellationToken.None))!.Lines;
        List<string> items =
        [
            .. JournalLine
                .Read("here", lines)
                .Select(read => read.Line.Event)
                .OfType<Announced>()
                .Select(announced => announced.Items[0].Item),
        ];
        Assert.Equal(
            Enumerable.Range(0, 200).Select(number => $"item-{number}").Order(StringComparer.Ordinal),
            items.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Read_AnyByteChanged_IsRefusedOrLosesNothingButItself()
    {
        await WriteAsync(5);
        byte[] lines = File.ReadAllBytes(JournalPath);
        int last = Array.LastIndexOf(lines, (byte)'\n', lines.Length - 2) + 1;

        for (int position = 0; position < last; position++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. lines];
                changed[position] ^= (byte)(1 << bit);
                DsrException refused = Assert.Throws<DsrException>(() => JournalLine.Read("here", changed).Count());
                Assert.Equal("JournalBroken", refused.Fault.Id);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Read_LineTakenOut_IsRefused(int index)
    {
        await WriteAsync(5);
        List<string> lines = [.. File.ReadAllLines(JournalPath)];
        lines.RemoveAt(index);

        DsrException refused = Assert.Throws<DsrException>(() =>
            JournalLine.Read("here", Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")).Count()
        );

        Assert.Equal("JournalBroken", refused.Fault.Id);
    }

    [Fact]
    public async Task Open_LastLineWasCutByAKill_GoesOnBehindTheLineBefore()
    {
        await WriteAsync(3);
        byte[] lines = File.ReadAllBytes(JournalPath);
        File.WriteAllBytes(JournalPath, lines[..^7]);

        await using (Journal journal = await OpenAsync())
            await journal.AppendAsync(Announcement("after"), CancellationToken.None);

        List<JournalEvent> events = [.. JournalLine.Read("here", File.ReadAllBytes(JournalPath)).Select(read => read.Line.Event)];
        Assert.Equal(["item-0", "after"], events.OfType<Announced>().Select(announced => announced.Items[0].Item));
    }

    [Fact]
    public async Task Append_DiskFails_RefusesEverythingFromThenOn()
    {
        var file = new FailingFile();
        var journal = new Journal(file, new RequestState(), _time);
        await journal.AppendAsync(Registration, CancellationToken.None);
        file.Fails = true;

        DsrException first = await Assert.ThrowsAsync<DsrException>(() => journal.AppendAsync(Announcement("a"), CancellationToken.None));
        file.Fails = false;
        DsrException second = await Assert.ThrowsAsync<DsrException>(() => journal.AppendAsync(Announcement("b"), CancellationToken.None));

        Assert.Equal(("EvidenceFailed", "EvidenceFailed"), (first.Fault.Id, second.Fault.Id));
        Assert.Equal(1, journal.State.Head.Lines);
    }

    [Fact]
    public async Task Append_StoreFailsWithAWholeAnswer_SaysItsFirstLine()
    {
        var journal = new Journal(
            new FailingFile { Fails = true, Message = "The lease is gone.\r\nStatus: 412\r\nHeaders:\nx-ms-request-id: 1" },
            new RequestState(),
            _time
        );

        DsrException failed = await Assert.ThrowsAsync<DsrException>(() => journal.AppendAsync(Registration, CancellationToken.None));

        Assert.StartsWith("Cannot write the evidence of the request ", failed.Fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(": The lease is gone.", failed.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_LineLargerThanABlock_IsRefusedAndTheNextIsKept()
    {
        await using Journal journal = await OpenAsync();
        Announced tooLarge = new(
            "location",
            [.. Enumerable.Range(0, 50_000).Select(number => new AnnouncedRow($"item-{number:D64}", "s", 1, 1))]
        );

        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => journal.AppendAsync(tooLarge, CancellationToken.None));
        await journal.AppendAsync(Announcement("next"), CancellationToken.None);

        Assert.Equal("EvidenceFailed", refused.Fault.Id);
        Assert.Contains("next", File.ReadAllText(JournalPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_JournalWasCutInBetween_IsRefusedAndNothingIsWrittenBehindItsEnd()
    {
        await using Journal journal = await OpenAsync();
        using (var truncate = System.Diagnostics.Process.Start("truncate", ["-s", "10", JournalPath]))
            truncate.WaitForExit();

        await Assert.ThrowsAsync<DsrException>(() => journal.AppendAsync(Announcement("late"), CancellationToken.None));

        Assert.Equal(10, new FileInfo(JournalPath).Length);
        Assert.True(journal.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Append_CallerHasTurnedAway_DoesNotStopTheOthers()
    {
        await using Journal journal = await OpenAsync();
        using var away = new CancellationTokenSource();
        await away.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => journal.AppendAsync(Announcement("away"), away.Token));
        await journal.AppendAsync(Announcement("here"), CancellationToken.None);

        Assert.Contains("here", File.ReadAllText(JournalPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lock_TakenTwice_RefusesTheSecondAndSaysWhoHasIt()
    {
        await using IJournalFile? first = await Folder.TryLockAsync("ana@host", isNew: true, CancellationToken.None);

        Assert.NotNull(first);
        Assert.Null(await Folder.TryLockAsync("bo@host", isNew: true, CancellationToken.None));
        Assert.Equal("ana@host", await Folder.ReadHolderAsync(CancellationToken.None));
        await first.DisposeAsync();
        Assert.Null(await Folder.ReadHolderAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Save_SameContentTwice_IsTakenForDoneAndAnotherIsRefused()
    {
        await (await Folder.TryLockAsync("test", isNew: true, CancellationToken.None))!.DisposeAsync();
        await Folder.SaveAsync("private/a", new byte[] { 1, 2 }, CancellationToken.None);

        await Folder.SaveAsync("private/a", new byte[] { 1, 2 }, CancellationToken.None);
        await Assert.ThrowsAnyAsync<IOException>(() => Folder.SaveAsync("private/a", new byte[] { 3 }, CancellationToken.None));

        Assert.Equal([1, 2], (await Folder.ReadAsync("private/a", CancellationToken.None))!);
        Assert.Single(Directory.GetFiles(Path.Combine(_root, "20260301T120000Z-0123abcd", "private")));
    }

    private static Registered Registration => new("20260301T120000Z-0123abcd", "hub", null, DateTimeOffset.UnixEpoch, ["s"], null, "test");

    private static Announced Announcement(string item) => new("location", [new AnnouncedRow(item, "s", 1, 1)]);

    private async Task<Journal> OpenAsync()
    {
        IJournalFile file = (await Folder.TryLockAsync("test", isNew: true, CancellationToken.None))!;
        byte[]? lines = (await Folder.ReadJournalAsync(known: null, CancellationToken.None))?.Lines;
        RequestState state = lines is { Length: > 0 } ? RequestState.Read("here", lines) : new RequestState();
        var journal = new Journal(file, state, _time);
        if (state.Registration is null)
            await journal.AppendAsync(Registration, CancellationToken.None);
        return journal;
    }

    private async Task WriteAsync(int lines)
    {
        await using Journal journal = await OpenAsync();
        for (int number = 0; number < lines - 1; number++)
            await journal.AppendAsync(Announcement($"item-{number}"), CancellationToken.None);
    }

    private sealed class FailingFile : IJournalFile
    {
        public bool Fails { get; set; }

        public string Message { get; init; } = "The disk is full.";

        public CancellationToken Lost => CancellationToken.None;

        public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask RequireAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public Task AppendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
            Fails ? Task.FromException(new IOException(Message)) : Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
