using System.Text;
using System.Text.Json.Nodes;
using IotHubDsr.Core.Evidence.Plans;
using IotHubDsr.Core.Findings;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>A plan of many devices or items says each location once, and binds what it does not say by a digest.</summary>
public sealed class PlanTableTests : IDisposable
{
    private const int Blobs = 3_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("plan-table-tests-").FullName;

    private string PlanPath => Path.Combine(_folder, "a.plan.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Shape_OfASmallPlan_LeavesItAsPlansAlwaysWere()
    {
        ErasurePlan small = PlanDocument.Seal(PlanDocument.Shape(PlanGen.Small));

        Assert.Contains("\"IotHubDsr erasure plan 1\"", Text(small), StringComparison.Ordinal);
        Assert.Equal(PlanDocument.Seal(PlanGen.Small).Digest, small.Digest);
    }

    [Fact]
    public void Shape_WhereDevicesHaveDifferentLocations_IsNoTable()
    {
        ErasurePlan plan = Plan(3_000);
        ErasurePlan without = plan with { Steps = [.. plan.Steps.Skip(1)] };
        ErasurePlan other = plan with
        {
            Steps =
            [
                .. plan.Steps.SkipLast(1),
                plan.Steps[^1] with
                {
                    Finding = plan.Steps[^1].Finding with { Location = plan.Steps[^1].Location with { Place = "elsewhere" } },
                },
            ],
        };

        Assert.Equal(
            (PlanDocument.TableFormat, PlanDocument.StepFormat, PlanDocument.StepFormat),
            (PlanDocument.Shape(plan).Format, PlanDocument.Shape(without).Format, PlanDocument.Shape(other).Format)
        );
    }

    [Fact]
    public void Read_OfManyDevices_IsThePlanThatWasWrittenAndSaysEachLocationOnce()
    {
        ErasurePlan plan = PlanDocument.Seal(PlanDocument.Shape(Plan(3_000)));
        byte[] file = PlanDocument.Write(plan);

        ErasurePlan read = PlanDocument.Read("a", file);

        Assert.Equal(plan.Digest, read.Digest);
        Assert.Equal(plan.Steps.Select(Facts), read.Steps.Select(Facts));
        Assert.Equal(plan.Steps.SelectMany(step => step.Finding.Items), read.Steps.SelectMany(step => step.Finding.Items));
        Assert.Same(read, PlanDocument.RequireSealed(read));
        string text = Encoding.UTF8.GetString(file);
        Assert.Equal(1, text.Split("\"a/archive\"").Length - 1);
        Assert.Contains("Erase: Device 'dev00000'", text, StringComparison.Ordinal);
        Assert.InRange(file.Length, 1, 100 * 3_000);
    }

    [Theory]
    [InlineData("devices/0", "\"dev00001\"")]
    [InlineData("locations/1/steps/0/devices", "[0,2999]")]
    [InlineData("locations/1/steps/0/devices", "[0,3001]")]
    [InlineData("locations/1/steps/0/devices", "[-1,3001]")]
    [InlineData("locations/1/steps/0/devices", "[0,3000,0,1]")]
    [InlineData("locations/1/steps/0/devices", "[0]")]
    [InlineData("locations/1/steps/0/summary", "\"None: nobody\"")]
    [InlineData("locations/0/steps/0/device", "\"dev00001\"")]
    [InlineData("locations/0/steps/0/device", "\"nobody\"")]
    [InlineData("locations/0/steps/0/records", "1e300")]
    public void Read_ForgedMember_IsRefused(string member, string value)
    {
        var file = (JsonObject)JsonNode.Parse(PlanDocument.Write(PlanDocument.Shape(Plan(3_000))))!;
        string[] path = member.Split('/');
        JsonNode parent = path[..^1]
            .Aggregate(file["plan"]!, (node, name) => int.TryParse(name, out int index) ? node[index]! : node[name]!);
        if (int.TryParse(path[^1], out int last))
            parent[last] = JsonNode.Parse(value);
        else
            parent[path[^1]] = JsonNode.Parse(value);
        byte[] forged = Forge(file);

        Assert.Equal("InvalidPlan", Assert.Throws<DsrException>(() => PlanDocument.Read("a", forged)).Fault.Id);
    }

    [Fact]
    public async Task Read_OfManyItems_TakesThemFromTheFileBesideThePlan()
    {
        ErasurePlan plan = ManyItems();
        ErasurePlan saved = await PlanFile.SaveAsync(plan, PlanPath, CancellationToken.None);

        ErasurePlan read = await PlanFile.ReadAsync(PlanPath, CancellationToken.None);

        Assert.Equal(saved.Digest, read.Digest);
        Assert.Equal(plan.Steps.Select(Facts), read.Steps.Select(Facts));
        foreach ((ErasureStep expected, ErasureStep step) in plan.Steps.Zip(read.Steps))
            Assert.Equal(expected.Finding.Items.Order(ByPath), step.Finding.Items);
        Assert.Same(read, PlanDocument.RequireSealed(read));
        Assert.DoesNotContain("blob-00007", File.ReadAllText(PlanPath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PlanFile.ItemsPathOf(PlanPath)));
        Assert.Equal("PlanNotSaved", Assert.Throws<DsrException>(() => PlanFile.RequireFree(PlanPath)).Fault.Id);
    }

    [Fact]
    public async Task Write_ItemsThatWereRead_AreTheSameBytes()
    {
        await PlanFile.SaveAsync(ManyItems(), PlanPath, CancellationToken.None);
        ErasurePlan read = await PlanFile.ReadAsync(PlanPath, CancellationToken.None);
        using var again = new MemoryStream();

        PlanItems.Write(read, again);

        Assert.Equal(File.ReadAllBytes(PlanFile.ItemsPathOf(PlanPath)), again.ToArray());
    }

    [Fact]
    public void Write_ItemsThatDevicesShare_AreTheSameBytesHoweverTheyAreHeld()
    {
        using var spool = new FindingsSpool(2);
        for (int number = 0; number < Blobs; number++)
            spool.Add(new FoundItem($"blob-{number:D5}", "\"0x1\""), [new FoundShare(0, 1, 100), new FoundShare(1, 2, 200)]);
        FindingsFile found = spool.Complete();
        ErasurePlan spooled = With(found.ItemsOf(0), found.ItemsOf(1));
        ErasurePlan held = With([.. found.ItemsOf(0)], [.. found.ItemsOf(1)]);

        Assert.True(PlanItems.HasAny(spooled));
        Assert.Equal(Items(spooled), Items(held));

        static ErasurePlan With(IReadOnlyList<SeenItem> first, IReadOnlyList<SeenItem> second)
        {
            ErasurePlan plan = Plan(2);
            IReadOnlyList<SeenItem>[] items = [first, [], second, []];
            return PlanDocument.Shape(
                plan with
                {
                    Steps = [.. plan.Steps.Select((step, index) => step with { Finding = step.Finding with { Items = items[index] } })],
                }
            );
        }
    }

    [Fact]
    public async Task Read_MoreItemsThanThePlanHas_AreRefused()
    {
        await PlanFile.SaveAsync(ManyItems(), PlanPath, CancellationToken.None);

        await AssertRefusedAsync(Items(ManyItems(listed: 51)));
        await AssertRefusedAsync(Items(ManyItems(blobs: Blobs + 1)));
    }

    [Fact]
    public async Task Read_ItemsOfADeviceThatThePlanDoesNotHave_AreRefused()
    {
        await PlanFile.SaveAsync(ManyItems(), PlanPath, CancellationToken.None);
        ErasurePlan other = ManyItems();

        await AssertRefusedAsync(
            Items(
                other with
                {
                    Steps = [.. other.Steps.Select(step => step with { Finding = step.Finding with { DeviceId = $"{step.DeviceId}x" } })],
                }
            )
        );
    }

    [Fact]
    public async Task Read_ItemsThatAreNotThePlans_AreRefused()
    {
        ErasurePlan plan = ManyItems();
        await PlanFile.SaveAsync(plan, PlanPath, CancellationToken.None);
        byte[] items = File.ReadAllBytes(PlanFile.ItemsPathOf(PlanPath));
        var random = new Random(1);
        for (int attempt = 0; attempt < 40; attempt++)
        {
            byte[] changed = [.. items];
            int position = random.Next(changed.Length);
            changed[position] ^= (byte)(1 << random.Next(8));
            await AssertRefusedAsync(changed);
        }

        await AssertRefusedAsync(items[..(items.Length / 2)]);
        await AssertRefusedAsync([]);
        await AssertRefusedAsync("IotHubDsr items 1\n\0"u8.ToArray());
        await AssertRefusedAsync([.. "IotHubDsr items 1\n"u8, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    }

    [Fact]
    public async Task Read_WithoutTheItems_KnowsTheirNumberAndDigestAndNothingElse()
    {
        ErasurePlan plan = ManyItems();
        await PlanFile.SaveAsync(plan, PlanPath, CancellationToken.None);
        File.Delete(PlanFile.ItemsPathOf(PlanPath));

        ErasurePlan read = await PlanFile.ReadAsync(PlanPath, CancellationToken.None);

        Assert.True(PlanItems.AreMissing(read));
        Assert.Equal(plan.Steps.Select(Facts), read.Steps.Select(Facts));
        Assert.Same(read, PlanDocument.RequireSealed(read));
        ErasureStep step = read.Steps.First(step => step.Finding.Items.Count > 100);
        Assert.Equal("InvalidPlan", Assert.Throws<DsrException>(() => step.Finding.Items.ToList()).Fault.Id);
        Assert.Empty(PlanDifference.FindAmongUnread(read, plan));
        ErasurePlan other = plan with
        {
            Steps =
            [
                .. plan.Steps.Select(one =>
                    one.DeviceId == step.DeviceId && one.Location.Id == step.Location.Id
                        ? one with
                        {
                            Finding = one.Finding with { Items = [.. one.Finding.Items.SkipLast(1), new SeenItem("x", "e", 1, 1)] },
                        }
                        : one
                ),
            ],
        };
        Assert.Contains(
            PlanFile.ItemsPathOf(PlanPath),
            Assert.Single(PlanDifference.FindAmongUnread(read, other)),
            StringComparison.Ordinal
        );
    }

    private async Task AssertRefusedAsync(byte[] items)
    {
        File.Delete(PlanFile.ItemsPathOf(PlanPath));
        await File.WriteAllBytesAsync(PlanFile.ItemsPathOf(PlanPath), items);
        DsrException refused = await Assert.ThrowsAsync<DsrException>(() => PlanFile.ReadAsync(PlanPath, CancellationToken.None));
        Assert.Equal("InvalidPlan", refused.Fault.Id);
    }

    private static byte[] Items(ErasurePlan plan)
    {
        using var items = new MemoryStream();
        PlanItems.Write(plan, items);
        return items.ToArray();
    }

    private static byte[] Forge(JsonObject file)
    {
        byte[] plan = Canonical(file["plan"]!);
        file["digest"] = Digests.Of(plan);
        return Canonical(file);
    }

    private static byte[] Canonical(JsonNode node) => CanonicalJson.Write(System.Text.Json.JsonSerializer.SerializeToElement(node));

    private static string Text(ErasurePlan plan) => Encoding.UTF8.GetString(PlanDocument.Write(plan));

    /// <summary>Devices, every tenth of which has records in the first location, and nothing in the second.</summary>
    private static ErasurePlan Plan(int devices)
    {
        DataLocation archive = PlanGen.Finding("a", 1).Location with { Id = "archive", Place = "a/archive" };
        DataLocation hook = archive with { Id = "hook", Place = "hook" };
        return PlanGen.Small with
        {
            Salt = new string('0', 32),
            Steps =
            [
                .. Enumerable
                    .Range(0, devices)
                    .SelectMany(number =>
                        (IEnumerable<ErasureStep>)
                            [Step($"dev{number:D5}", archive, number % 10 == 0 ? 3 : 0), Step($"dev{number:D5}", hook, 0)]
                    ),
            ],
        };
    }

    private static ErasureStep Step(string deviceId, DataLocation location, long records) =>
        new(
            PlanGen.Finding(deviceId, records) with
            {
                GenerationId = null,
                Location = location,
                HubHostName = PlanGen.Small.HubHostName,
                HubResourceId = PlanGen.Small.HubResourceId,
            },
            records > 0 ? ErasureAction.Erase : ErasureAction.None
        );

    /// <summary>Two devices in many blobs of one archive, which were spooled, and a third one with a list of them.</summary>
    private static ErasurePlan ManyItems(int blobs = Blobs, int listed = 50)
    {
        using var spool = new FindingsSpool(2);
        for (int number = 0; number < blobs; number++)
            spool.Add(new FoundItem($"blob-{number:D5}", $"\"0x{number:X}\""), [new FoundShare(number % 2, number % 5, 100)]);
        FindingsFile found = spool.Complete();
        SeenItem[] list = [.. Enumerable.Range(0, listed).Select(number => new SeenItem($"file-{99 - number}", null, 1, 10))];
        ErasurePlan plan = Plan(3);
        IReadOnlyList<SeenItem>[] items = [found.ItemsOf(0), [], found.ItemsOf(1), [], list, []];
        return PlanDocument.Seal(
            PlanDocument.Shape(
                plan with
                {
                    Steps = [.. plan.Steps.Select((step, index) => step with { Finding = step.Finding with { Items = items[index] } })],
                }
            )
        );
    }

    private static Comparer<SeenItem> ByPath { get; } =
        Comparer<SeenItem>.Create(static (one, other) => string.CompareOrdinal(one.Path, other.Path));

    private static object Facts(ErasureStep step) =>
        (
            step.DeviceId,
            step.Action,
            step.Finding.Verdict,
            (step.Location.Id, step.Location.Kind, step.Location.Place),
            (step.Finding.RecordCount, step.Finding.RelayedCount, step.Finding.OldCopyCount, step.Finding.ByteCount),
            step.Finding.Items.Count,
            step.Target
        );
}
