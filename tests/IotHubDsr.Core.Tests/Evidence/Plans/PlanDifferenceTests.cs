using IotHubDsr.Core.Evidence.Plans;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>What makes a plan stale, as a table.</summary>
public sealed class PlanDifferenceTests
{
    private static readonly DeviceDataFinding Before = PlanGen.Finding("dev1", 3) with { RelayedCount = 5 };

    [Theory]
    // Columns: what is there now; tolerance; what is said, null when the plan holds.
    [InlineData("same", 0, null)]
    [InlineData("other etags", 0, null)]
    [InlineData("one more", 0, "3 records planned, 4 found")]
    [InlineData("one more", 1, null)]
    [InlineData("two less", 1, "3 records planned, 1 found")]
    [InlineData("two less", 2, null)]
    [InlineData("one relayed more", 0, "5 relayed records planned, 6 found")]
    [InlineData("one relayed more", 1, null)]
    [InlineData("made again", long.MaxValue, "the device was deleted and created again")]
    [InlineData("gone", long.MaxValue, "the device is gone")]
    [InlineData("unreachable", long.MaxValue, "it was Present, and is now Unreachable")]
    [InlineData("held", long.MaxValue, "it was Present, and is now Held")]
    [InlineData("unknown", long.MaxValue, "it was Present, and is now Unknown")]
    [InlineData("not erasable", long.MaxValue, "nothing can be erased there any more")]
    public void Find_OneStep_NamesWhatIsDifferent(string now, long tolerance, string? expected)
    {
        DeviceDataFinding after = now switch
        {
            "other etags" => Before with { Items = [new SeenItem("hub/00/a", "\"0x2\"", 3, 300)], ByteCount = 301 },
            "one more" => Before with { RecordCount = 4 },
            "two less" => Before with { RecordCount = 1 },
            "one relayed more" => Before with { RelayedCount = 6 },
            "made again" => Before with { GenerationId = "639" },
            "gone" => Before with { GenerationId = null },
            "unreachable" => Before with { GenerationId = null, RecordCount = 0, RelayedCount = 0, Verdict = Verdict.Unreachable },
            "held" => Before with { Verdict = Verdict.Held },
            "unknown" => Before with { Verdict = Verdict.Unknown },
            "not erasable" => Before with { Location = Before.Location with { Capabilities = LocationCapabilities.Find } },
            _ => Before,
        };

        IReadOnlyList<string> differences = PlanDifference.Find(Plan(Before), Plan(after), tolerance);

        Assert.Equal(expected is null ? [] : [$"device 'dev1' in RoutedBlobContainer a/b: {expected}"], differences);
    }

    [Fact]
    public void Find_DeviceMadeSince_IsADifferenceAtAnyTolerance() =>
        Assert.Equal(
            ["device 'dev1' in RoutedBlobContainer a/b: a device was created since"],
            PlanDifference.Find(
                Plan(Before with { GenerationId = null, RecordCount = 0, Verdict = Verdict.Absent }),
                Plan(Before),
                long.MaxValue
            )
        );

    [Fact]
    public void Find_WasAndIsUnreachable_IsNoDifference()
    {
        DeviceDataFinding unreachable = Before with { GenerationId = null, Verdict = Verdict.Unreachable };

        Assert.Empty(PlanDifference.Find(Plan(unreachable), Plan(unreachable), 0));
        Assert.Empty(PlanDifference.Find(Plan(unreachable), Plan(Before), 0));
    }

    [Fact]
    public void Find_LocationNewAndLocationGone_AreDifferencesAtAnyTolerance()
    {
        DeviceDataFinding elsewhere = Before with { Location = Before.Location with { Id = "routed-blob.a.c", Place = "a/c" } };

        Assert.Equal(
            ["device 'dev1' in RoutedBlobContainer a/c is not in the plan"],
            PlanDifference.Find(Plan(Before), Plan(Before, elsewhere), long.MaxValue)
        );
        Assert.Equal(
            ["device 'dev1' in RoutedBlobContainer a/c is no longer a location"],
            PlanDifference.Find(Plan(Before, elsewhere), Plan(Before), long.MaxValue)
        );
    }

    [Fact]
    public void Find_StatementsOfTheOperatorThatDiffer_AreADifferenceAtAnyTolerance()
    {
        DataLocation dedicated = Before.Location with
        {
            Statements = [new OperatorStatement(OperatorStatementKind.DedicatedContainer, "one hub")],
        };
        DeviceDataFinding[] after = [Before with { Location = dedicated }, Before with { DeviceId = "dev2", Location = dedicated }];

        Assert.Equal(
            ["RoutedBlobContainer a/b: the operator's statements differ from those in the plan"],
            PlanDifference.Find(Plan(Before, Before with { DeviceId = "dev2" }), Plan(after), long.MaxValue)
        );
        Assert.Empty(PlanDifference.Find(Plan(after), Plan(after), 0));
    }

    [Fact]
    public void Find_DevicesThatDifferByCase_AreTwo() =>
        Assert.Equal(2, PlanDifference.Find(Plan(Before), Plan(Before with { DeviceId = "Dev1" }), long.MaxValue).Count);

    [Fact]
    public void Describe_ManyDifferences_ListsTenAndCountsTheOthers()
    {
        string text = PlanDifference.Describe([.. Enumerable.Range(1, 12).Select(number => $"d{number}")]);

        Assert.Equal("d1; d2; d3; d4; d5; d6; d7; d8; d9; d10; and 2 more.", text);
        Assert.Equal("d1.", PlanDifference.Describe(["d1"]));
    }

    private static ErasurePlan Plan(params DeviceDataFinding[] findings) =>
        PlanGen.Small with
        {
            Steps = [.. findings.Select(finding => new ErasureStep(finding, ErasureAction.Erase))],
        };
}
