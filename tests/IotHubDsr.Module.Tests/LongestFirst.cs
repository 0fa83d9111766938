using IotHubDsr.Module.Tests.Help;
using IotHubDsr.Module.Tests.Pester;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("IotHubDsr.Module.Tests.LongestFirst", "IotHubDsr.Module.Tests")]

namespace IotHubDsr.Module.Tests;

/// <summary>What waits minutes for another process begins first, so that everything else runs beside it and nothing after it.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest = [nameof(PesterTests), nameof(ExampleRunTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(static collection =>
            Array.FindIndex(Longest, name => collection.DisplayName.Contains(name, StringComparison.Ordinal)) is var place and >= 0
                ? place
                : Longest.Length
        );
}
