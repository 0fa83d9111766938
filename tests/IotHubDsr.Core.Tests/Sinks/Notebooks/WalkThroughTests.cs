using System.Text.RegularExpressions;

namespace IotHubDsr.Core.Tests.Sinks.Notebooks;

/// <summary>The code in <c>docs/adding-a-sink.md</c> is the code that is tested.</summary>
public sealed partial class WalkThroughTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "adding-a-sink.md"))
        .ReplaceLineEndings("\n");

    [Fact]
    public void Code_IsInTheFolderOfTheExercise()
    {
        string folder = Path.Combine(RepositoryPaths.Root, "tests", "IotHubDsr.Core.Tests", "Sinks", "Notebooks");
        string[] sources = [.. Directory.GetFiles(folder, "*.cs").Select(file => File.ReadAllText(file).ReplaceLineEndings("\n"))];
        string[] blocks = [.. Blocks().Matches(Page).Select(match => match.Groups[1].Value)];

        Assert.True(blocks.Length >= 5);
        Assert.All(blocks, block => Assert.Contains(sources, source => source.Contains(block, StringComparison.Ordinal)));
    }

    [Fact]
    public void Page_NamesEveryWayToAPlace()
    {
        IEnumerable<string> sources = typeof(DsrEngine)
            .Assembly.GetTypes()
            .Where(type => type.IsInterface && type.GetInterface("IPlaceSource") is not null)
            .Select(type => type.Name);

        Assert.All(sources, name => Assert.Contains($"`{name}`", Page, StringComparison.Ordinal));
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Blocks();
}
