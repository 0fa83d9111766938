using IotHubDsr.Core.Sinks;

namespace IotHubDsr.Core.Tests.Sinks.CosmosContainers;

/// <summary>Until when copies of what was erased remain.</summary>
public sealed class DocumentVerdictTests
{
    [Theory]
    [InlineData(7, 7 * 24)]
    [InlineData(30, 30 * 24)]
    [InlineData(0, 8)]
    public async Task Erased_IsExpiring_UntilTheBackupOfTheAccountLetsGoOfIt(int continuousDays, int hours)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Account.Options = sandbox.Account.Options with { ContinuousBackupDays = continuousDays };
        DateTimeOffset now = sandbox.Server.World.Clock.GetUtcNow();
        sandbox.ErasedAt = now.AddHours(-1);

        DeviceDataFinding before = await sandbox.FindOneAsync();
        sandbox.ErasedAt = now.AddHours(-hours).AddMinutes(-1);
        DeviceDataFinding after = await sandbox.FindOneAsync();

        Assert.Equal((Verdict.Expiring, now.AddHours(hours - 1)), (before.Verdict, before.Until));
        Assert.Equal(0L, before.Records);
        Assert.Contains(continuousDays > 0 ? "continuous backup" : "periodic backup", before.Detail, StringComparison.Ordinal);
        Assert.Equal((Verdict.Absent, null), (after.Verdict, after.Until));
    }

    [Fact]
    public async Task NothingErased_IsAbsent_AndWhatIsThereIsPresent()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        Assert.Equal((Verdict.Absent, null), (await sandbox.FindOneAsync() is var none ? (none.Verdict, none.Detail) : default));

        sandbox.ErasedAt = sandbox.Server.World.Clock.GetUtcNow();
        sandbox.Put(DocumentSandbox.Message("one", DocumentSandbox.Alice));
        DeviceDataFinding some = await sandbox.FindOneAsync();

        Assert.Equal((Verdict.Present, null), (some.Verdict, some.Until));
        Assert.Contains("keeps deleted documents for 7 days", some.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContainerThatIsIndexedLazily_MakesNobodyAbsent_AndWhatIsFoundIsErased()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(DocumentSandbox.Keyed("/pk") with { IndexingMode = "Lazy" });
        sandbox.Put(DocumentSandbox.Message("one", DocumentSandbox.Alice));

        ErasureOutcome erased = await sandbox.EraseOneAsync();
        DeviceDataFinding after = await sandbox.FindOneAsync();

        Assert.Equal((1L, Verdict.OwnerAction), (erased.RecordsErased, after.Verdict));
        Assert.Contains("queries can miss documents", after.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingThere_WhereDocumentsExpire_TellsOfTheBackup()
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(
            DocumentSandbox.Keyed("/pk") with
            {
                DefaultTimeToLive = 3600,
            }
        );

        DeviceDataFinding none = await sandbox.FindOneAsync();

        Assert.Equal(Verdict.Absent, none.Verdict);
        Assert.Contains("keeps deleted and expired documents for 7 days", none.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_OfOneLength_OnMoreSmallPagesThanAQueryMayIdle_AreAllCounted()
    {
        const int documents = 1_030;
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync();
        sandbox.Server.World.Cosmos.PageSizeCap = 1;
        for (int number = 1_000; number < 1_000 + documents; number++)
            sandbox.Put(DocumentSandbox.Message($"{number}", DocumentSandbox.Alice));

        DeviceDataFinding found = await sandbox.FindOneAsync();

        Assert.Equal((Verdict.Present, (long)documents), (found.Verdict, found.RecordCount));
        Assert.Empty(sandbox.Reported);
    }

    [Theory]
    [InlineData(null, -1, Verdict.Absent)]
    [InlineData(null, null, Verdict.Absent)]
    [InlineData(3600, null, Verdict.Absent)]
    [InlineData(3600, 3600, Verdict.Absent)]
    [InlineData(3600, 7200, Verdict.OwnerAction)]
    [InlineData(3600, -1, Verdict.OwnerAction)]
    [InlineData(-1, 7200, Verdict.OwnerAction)]
    public async Task AnalyticalStore_ThatOutlivesTheDocuments_IsForItsOwner(int? live, int? analytical, Verdict verdict)
    {
        await using DocumentSandbox sandbox = await DocumentSandbox.StartAsync(
            DocumentSandbox.Keyed("/pk") with
            {
                DefaultTimeToLive = live,
                AnalyticalTimeToLive = analytical,
            }
        );

        DeviceDataFinding none = await sandbox.FindOneAsync();
        sandbox.Put(DocumentSandbox.Message("one", DocumentSandbox.Alice));
        DeviceDataFinding some = await sandbox.FindOneAsync();

        Assert.Equal((verdict, Verdict.Present), (none.Verdict, some.Verdict));
        Assert.Equal(analytical is not null, some.Detail!.Contains("analytical store follows", StringComparison.Ordinal));
    }
}
