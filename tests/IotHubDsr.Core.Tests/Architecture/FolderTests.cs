namespace IotHubDsr.Core.Tests.Architecture;

/// <summary>Which folder of Core may know which: a change of the table is a change of the house, and stands in docs/ARCHITECTURE.md.</summary>
public sealed class FolderTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new(StringComparer.Ordinal)
    {
        ["Foundation"] = [],
        ["Findings"] = ["Foundation"],
        ["Azure"] = ["Foundation"],
        ["Records"] = ["Foundation"],
        ["Archives"] = ["Foundation", "Records"],
        ["Topology"] = ["Foundation", "Azure", "Records"],
        ["Sinks"] = ["Foundation", "Findings", "Azure", "Records", "Archives", "Topology"],
        ["Work"] = ["Foundation", "Sinks"],
        ["Evidence"] = ["Foundation", "Findings", "Azure", "Records", "Topology", "Sinks"],
        ["Distribution"] = ["Foundation", "Azure", "Records", "Findings", "Topology", "Sinks", "Work", "Evidence"],
        ["Packages"] = ["Foundation", "Records", "Topology", "Sinks"],
        ["Reports"] = ["Foundation", "Records", "Topology", "Sinks"],
        ["Operations"] =
        [
            "Foundation",
            "Findings",
            "Azure",
            "Records",
            "Archives",
            "Topology",
            "Sinks",
            "Work",
            "Evidence",
            "Distribution",
            "Packages",
            "Reports",
        ],
        ["Rehearsal"] = ["Foundation", "Azure", "Operations"],
    };

    // The engine makes everything, and the compiler puts its own types nowhere.
    private const string Composition = "";

    [Fact]
    public void Folders_KnowOnlyThoseBelowThem() =>
        Assert.DoesNotContain(CoreModel.Dependencies, dependency =>
            Top(dependency.From) != Composition
            && Top(dependency.From) != Top(dependency.To)
            && !MayKnow[Top(dependency.From)].Contains(Top(dependency.To), StringComparer.Ordinal)
        );

    [Fact]
    public void Table_HasNoCircle()
    {
        // Whoever knows nobody who is left is taken away; in a circle nobody can be.
        var left = MayKnow.ToDictionary(StringComparer.Ordinal);
        while (left.Keys.Where(folder => !left[folder].Any(left.ContainsKey)).ToArray() is { Length: > 0 } free)
        {
            foreach (string folder in free)
                left.Remove(folder);
        }

        Assert.Empty(left.Keys);
    }

    [Theory]
    [InlineData("Evidence")]
    [InlineData("Azure")]
    [InlineData("Archives")]
    [InlineData("Packages")]
    [InlineData("Sinks")]
    [InlineData("Distribution")]
    public void FoldersWithinAFolder_HaveNoCircle(string top)
    {
        ILookup<string, string> knows = CoreModel
            .Dependencies.Where(dependency => IsWithin(dependency.From) && IsWithin(dependency.To))
            .ToLookup(dependency => dependency.From, dependency => dependency.To, StringComparer.Ordinal);

        Assert.DoesNotContain(knows.Select(folder => folder.Key), folder => Reach(folder).Contains(folder));

        bool IsWithin(string folder) => folder.StartsWith($"{top}/", StringComparison.Ordinal);

        HashSet<string> Reach(string folder)
        {
            var reached = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<string>(knows[folder]);
            while (open.TryPop(out string? next))
            {
                if (reached.Add(next))
                {
                    foreach (string further in knows[next])
                        open.Push(further);
                }
            }

            return reached;
        }
    }

    [Fact]
    public void Azure_DoesNotKnowItsClients() =>
        Assert.DoesNotContain(CoreModel.Dependencies, dependency => dependency is { From: "Azure" } && Top(dependency.To) == "Azure");

    [Fact]
    public void Model_SeesWhatIsThere()
    {
        Assert.Contains(CoreModel.Dependencies, dependency => dependency is { From: "Operations", To: "Evidence/Journals" });
        Assert.True(CoreModel.KindFolders.Count > 20);
        Assert.Equal(MayKnow.Keys.Order(StringComparer.Ordinal), TopFolders());

        static IEnumerable<string> TopFolders() =>
            Directory
                .GetDirectories(Path.Combine(RepositoryPaths.Root, "src", CoreModel.Root))
                .Where(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any())
                .Select(folder => Path.GetFileName(folder)!)
                .Where(folder => folder is not ("bin" or "obj"))
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Namespaces_AreTheFolders()
    {
        string root = Path.Combine(RepositoryPaths.Root, "src", CoreModel.Root);
        IEnumerable<string> misplaced =
            from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let folder = Path.GetDirectoryName(Path.GetRelativePath(root, file))!.Replace('\\', '/')
            where !folder.StartsWith("bin", StringComparison.Ordinal) && !folder.StartsWith("obj", StringComparison.Ordinal)
            let expected = folder.Length == 0 ? CoreModel.Root : $"{CoreModel.Root}.{folder.Replace('/', '.')}"
            where !File.ReadLines(file).Contains($"namespace {expected};", StringComparer.Ordinal)
            select file;

        Assert.Empty(misplaced);
    }

    private static string Top(string folder) => folder.Split('/')[0];
}
