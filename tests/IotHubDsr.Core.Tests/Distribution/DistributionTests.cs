using System.Collections.Concurrent;
using System.Text;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using IotHubDsr.Core.Distribution;
using IotHubDsr.Core.Evidence.Journals;
using IotHubDsr.Core.Tests.Sandbox.Requests;
using IotHubDsr.Tests.Azurite;
using Microsoft.Extensions.Time.Testing;

namespace IotHubDsr.Core.Tests.Distribution;

/// <summary>Units in other hands: carried twice, lost, begun again by another command, and never named to the engine.</summary>
public sealed class DistributionTests(AzuriteServer azurite) : IClassFixture<AzuriteServer>
{
    [Fact]
    public async Task Engine_CarriesEachUnitThreeTimes_EachIsDoneOnce()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite, copies: 3);
        var done = new ConcurrentBag<int>();
        var work = new SquaresWork(rounds: 1, unitsOfRound: 40)
        {
            Do = (unit, token) =>
            {
                done.Add(unit);
                return Task.Delay(5, token);
            },
        };

        Assert.Equal(40, (await test.RunAsync(work)).Count);

        Assert.Equal(Enumerable.Range(0, 40), done.Order());
    }

    [Fact]
    public async Task Engine_LosesABatch_ItIsHandedOverAgain()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        ((DirectEngine)test.Engine).Losses = 1;
        test.Scheduler = test.NewScheduler(patienceWithEngine: TimeSpan.FromMilliseconds(300));

        Assert.Equal(40, (await test.RunAsync(new SquaresWork(rounds: 1, unitsOfRound: 40))).Count);
    }

    [Fact]
    public async Task Unit_ThatFailsEveryWorker_IsGivenUp_AndTheOthersAreDone()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        var begun = new ConcurrentBag<int>();
        var work = new SquaresWork(rounds: 1, unitsOfRound: 10)
        {
            Do = (unit, _) =>
            {
                begun.Add(unit);
                return unit == 7 ? throw new InvalidOperationException("poison of secret-device") : Task.CompletedTask;
            },
        };

        IReadOnlyList<long> squares = await test.RunAsync(work);

        Assert.Equal(9, squares.Count);
        Assert.Equal(["7 UnitGivenUp"], work.GivenUp);
        Assert.Equal(3, begun.Count(static unit => unit == 7));
    }

    [Fact]
    public async Task Unit_ThatAProcessWasLostWith_IsDoneAlone()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite, workers: 1);
        int running = 0;
        var begun = new ConcurrentDictionary<int, int>();
        var beside = new ConcurrentBag<(int Unit, int Running)>();
        var work = new SquaresWork(rounds: 1, unitsOfRound: 12)
        {
            Do = async (unit, token) =>
            {
                int now = Interlocked.Increment(ref running);
                bool isAgain = begun.AddOrUpdate(unit, 1, static (_, times) => times + 1) > 1;
                await Task.Delay(50, token);
                if (isAgain)
                    beside.Add((unit, Math.Max(now, Volatile.Read(ref running))));
                Interlocked.Decrement(ref running);
                if (unit == 7)
                    throw new InvalidOperationException("poison");
            },
        };

        await test.RunAsync(work);

        Assert.Equal(["7 UnitGivenUp"], work.GivenUp);
        Assert.NotEmpty(beside);
        Assert.All(beside, static one => Assert.Equal((7, 1), one));
    }

    [Fact]
    public async Task Worker_ThatMayNotReadThePlace_SaysSo()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        test.OpeningFails = FaultCatalogue.PermissionMissing.Exception("squares", "read", "Storage Blob Data Reader", "the container");

        DsrException failure = await Assert.ThrowsAsync<DsrException>(() => test.RunAsync(new SquaresWork(rounds: 1, unitsOfRound: 3)));

        Assert.Equal(test.OpeningFails.Fault, failure.Fault);
    }

    [Fact]
    public async Task Command_IsLostInTheMiddle_AnotherOneTakesWhatWasDone_AndDoesTheRest()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        using var lost = new CancellationTokenSource();
        var done = new ConcurrentBag<int>();
        SquaresWork NewWork() =>
            new(rounds: 1, unitsOfRound: 100)
            {
                Do = (unit, _) =>
                {
                    done.Add(unit);
                    return done.Count >= 20 ? lost.CancelAsync() : Task.CompletedTask;
                },
            };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.RunAsync(NewWork(), cancellationToken: lost.Token));
        SquaresWork again = NewWork();
        IReadOnlyList<long> squares = await test.NewScheduler().RunAsync(again, test.Order(), CancellationToken.None);

        Assert.Equal(100, squares.Count);
        Assert.Equal(Enumerable.Range(0, 100), done.Order());
    }

    [Fact]
    public async Task Journal_KnowsUnitsBeforeTheWork_AndTheHeadOfEachSegmentAfterIt()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        int plannedAtFirst = 0;
        var work = new SquaresWork(rounds: 1, unitsOfRound: 40)
        {
            Do = (_, _) =>
            {
                lock (test.Journal)
                    Interlocked.CompareExchange(ref plannedAtFirst, test.Journal.OfType<UnitsPlanned>().Sum(static line => line.Count), 0);
                return Task.CompletedTask;
            },
        };

        await test.RunAsync(work);

        Assert.True(plannedAtFirst >= UnitBatch.Most, $"{plannedAtFirst}");
        Assert.Equal([(0, 32), (32, 8)], test.Journal.OfType<UnitsPlanned>().Select(static line => (line.First, line.Count)));
        List<TakenUnit> taken = [.. test.Journal.OfType<UnitsTaken>().SelectMany(static line => line.Units)];
        Assert.Equal(Enumerable.Range(0, 40), taken.Select(static unit => unit.Number).Order());
        UnitFiles files = test.FilesOf();
        foreach (string segment in (await test.Folder.ListAsync(CancellationToken.None)).Where(IsSegment))
        {
            string unit = Path.GetFileNameWithoutExtension(segment);
            byte[] content = (await files.ReadUnitAsync(unit, CancellationToken.None))!;
            JournalHead head = (await files.ReadSegmentAsync(unit, files.StartOf(unit, content, null), CancellationToken.None)).Head;
            Assert.Contains(new TakenUnit(UnitFiles.NumberOf(unit), head.Hash, head.Lines), taken);
        }
    }

    [Fact]
    public async Task Result_ThatWasChanged_IsRefused()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        UnitFiles files = test.FilesOf();
        string digest = await files.SaveResultAsync("0000000-0123456789abcdef", "1"u8.ToArray(), CancellationToken.None);
        string name = (await test.Folder.ListAsync(CancellationToken.None)).Single(static name =>
            name.EndsWith(".result", StringComparison.Ordinal)
        );
        await test.Folder.DeleteAsync(name, CancellationToken.None);
        await test.Folder.SaveAsync(name, "2"u8.ToArray(), CancellationToken.None);

        DsrException refusal = await Assert.ThrowsAsync<DsrException>(() =>
            files.ReadResultAsync("0000000-0123456789abcdef", digest, CancellationToken.None)
        );

        Assert.Equal("JournalBroken", refusal.Fault.Id);
    }

    [Fact]
    public async Task Stop_NoUnitIsBegunUntilItIsReleased()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        test.Opened = new SquaresWork(rounds: 1, unitsOfRound: 1);
        UnitFiles files = test.FilesOf();
        string unit = UnitFiles.NameOf(7, "7"u8.ToArray());
        await files.SaveOrderAsync(WorkOrder.Of(test.Order(), "hub.azure-devices.net").ToBytes(), CancellationToken.None);
        await files.SaveUnitAsync(unit, "7"u8.ToArray(), CancellationToken.None);
        await files.StopAsync(CancellationToken.None);
        var ticket = new UnitTicket(files.Folder, files.Work, unit);

        Assert.Equal(UnitAnswer.Over, await test.Workers[0].DoAsync(ticket, CancellationToken.None));
        Assert.DoesNotContain(await test.Folder.ListAsync(CancellationToken.None), IsSegment);
        Assert.True(await files.AreLeftAsync([unit], CancellationToken.None));

        await files.ReleaseAsync(CancellationToken.None);
        Assert.Equal(UnitAnswer.Over, await test.Workers[0].DoAsync(ticket, CancellationToken.None));
        Assert.False(await files.AreLeftAsync([unit], CancellationToken.None));
    }

    [Theory]
    [InlineData("../other", "squares.1", "0000007-7902699be42c8a8e")]
    [InlineData("reading-20260301T120000Z-0123abcd", "../squares.1", "0000007-7902699be42c8a8e")]
    [InlineData("reading-20260301T120000Z-0123abcd", "squares.1", "7")]
    [InlineData("20260301T120000Z-0123abcd", "squares.1", "0000007-7902699be42c8a8e")]
    [InlineData("reading-20260301T120000Z-0123abcd", "none", "0000007-7902699be42c8a8e")]
    [InlineData("reading-20260301T120000Z-0123abcd", "squares.1", "0000007-0000000000000000")]
    public async Task Ticket_ForWhatIsNotThere_IsOver(string folder, string work, string unit)
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        await test.FilesOf().SaveOrderAsync("{}"u8.ToArray(), CancellationToken.None);
        await test.FilesOf().SaveUnitAsync("0000007-0000000000000000", "7"u8.ToArray(), CancellationToken.None);

        Assert.Equal(UnitAnswer.Over, await test.Workers[0].DoAsync(new UnitTicket(folder, work, unit), CancellationToken.None));
        Assert.DoesNotContain(await test.Folder.ListAsync(CancellationToken.None), IsSegment);
    }

    [Fact]
    public async Task Order_OfAnotherReading_IsNoneOfThisOne()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);
        await test.FilesOf().SaveOrderAsync("{}"u8.ToArray(), CancellationToken.None);

        await test.RunAsync(new SquaresWork(rounds: 1, unitsOfRound: 3));

        Assert.All((await test.Folder.ListAsync(CancellationToken.None)).Where(IsSegment), static name =>
            Assert.StartsWith("segments/squares.2/", name, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Progress_TellsParts()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Direct, azurite);

        await test.RunAsync(new SquaresWork(rounds: 1, unitsOfRound: 40));

        Assert.Contains(test.Progress, static one =>
            one.Status.StartsWith("40 of 40 parts done", StringComparison.Ordinal) && one.Percent == 100
        );
    }

    [Fact]
    public void Progress_FirstPartIsTiny_TellsNoTimeThatMeansNothing()
    {
        var time = new FakeTimeProvider();
        var progress = new DistributedProgress(time);
        progress.Plan(2, 1_000_000_000_000);
        progress.Take(1);
        time.Advance(TimeSpan.FromDays(1));

        Assert.Equal("1 of 2 parts done, 0 workers; start some with Start-IotDsrWorker, 0 GB/s", progress.Status.Text);
    }

    [AzuriteFact]
    public async Task Engine_NeverLearnsADeviceOrWhatFails_AndKeepsNothingAtTheEnd()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Durable, azurite);
        string seen = string.Empty;
        var work = new SquaresWork(rounds: 1, unitsOfRound: 40)
        {
            Do = async (unit, _) =>
            {
                if (unit == 39)
                    seen = await ReadAllAsync(test);
                if (unit == 7)
                    throw new InvalidOperationException("poison of secret-device");
            },
        };

        await test.RunAsync(work);

        Assert.Contains(UnitFiles.NameOf(7, "7"u8.ToArray()), seen, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", seen, StringComparison.Ordinal);
        Assert.Equal(["7 UnitGivenUp"], work.GivenUp);
        string left = await ReadAllAsync(test);
        Assert.DoesNotContain("0000007", left, StringComparison.Ordinal);
    }

    [AzuriteFact]
    public async Task Message_ThatNamesAType_IsNotRead_AndTheOthersAre()
    {
        await using SchedulerUnderTest test = await SchedulerUnderTest.StartAsync(SchedulerUnderTest.Durable, azurite);
        QueueClient queue = test.Storage!.Queues(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 })
            .GetQueueClient($"{test.Storage.HubName}-workitems");
        string type = typeof(FileInfo).AssemblyQualifiedName!;
        await queue.SendMessageAsync($$"""{"$type":"{{type}}","OriginalPath":"/tmp/x","FullPath":"/tmp/x"}""");

        Assert.Equal(5, (await test.RunAsync(new SquaresWork(rounds: 1, unitsOfRound: 5))).Count);
    }

    private static bool IsSegment(string name) => name.StartsWith("segments/", StringComparison.Ordinal);

    /// <summary>All that the engine has written: tables, queues and blobs of its name.</summary>
    private static async Task<string> ReadAllAsync(SchedulerUnderTest test)
    {
        var text = new StringBuilder();
        TableServiceClient tables = test.Storage!.Tables(new TableClientOptions());
        await foreach (TableItem table in tables.QueryAsync())
        {
            if (!table.Name.StartsWith(test.Storage.HubName, StringComparison.OrdinalIgnoreCase))
                continue;
            await foreach (TableEntity row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>())
                text.AppendJoin('\n', row.Select(static cell => $"{cell.Key}={cell.Value}")).Append('\n');
        }

        QueueServiceClient queues = test.Storage.Queues(new QueueClientOptions());
        await foreach (QueueItem queue in queues.GetQueuesAsync(prefix: test.Storage.HubName))
        {
            foreach (PeekedMessage message in (await queues.GetQueueClient(queue.Name).PeekMessagesAsync(32)).Value)
                text.Append(Decoded(message.MessageText)).Append('\n');
        }

        BlobServiceClient blobs = test.Storage.Blobs(new BlobClientOptions());
        await foreach (BlobContainerItem container in blobs.GetBlobContainersAsync(prefix: test.Storage.HubName))
        {
            BlobContainerClient client = blobs.GetBlobContainerClient(container.Name);
            await foreach (BlobItem blob in client.GetBlobsAsync())
            {
                BlobDownloadResult content = await client.GetBlobClient(blob.Name).DownloadContentAsync();
                text.Append(blob.Name).Append('\n').Append(content.Content).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Decoded(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return text;
        }
    }
}
