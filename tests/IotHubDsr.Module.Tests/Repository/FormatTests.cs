using System.Diagnostics;
using System.Text.RegularExpressions;

namespace IotHubDsr.Module.Tests.Repository;

/// <summary>What holds for the repository as a whole, and no compiler checks.</summary>
public sealed partial class FormatTests
{
    private const string CSharpierVersion = "1.4.0";

    [Fact]
    public async Task Code_IsFormattedByCSharpier()
    {
        string tool = Path.Combine(PowerShellTool.PackageFolder("CSharpier", CSharpierVersion), "tools", "net10.0", "any", "CSharpier.dll");
        var start = new ProcessStartInfo("dotnet", [tool, "check", "."])
        {
            WorkingDirectory = RepositoryPaths.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == 0, $"Run 'dotnet csharpier format .': {output}");
    }

    [Fact]
    public void Tools_AreTheVersionsThatTestsRun()
    {
        string manifest = File.ReadAllText(Path.Combine(RepositoryPaths.Root, ".config", "dotnet-tools.json"));

        Assert.Matches($@"""powershell"": \{{\s*""version"": ""{Regex.Escape(PowerShellTool.Version)}""", manifest);
        Assert.Matches($@"""csharpier"": \{{\s*""version"": ""{Regex.Escape(CSharpierVersion)}""", manifest);
    }

    [Fact]
    public void LockFiles_AreThereForEachProjectAndNameNoAddress()
    {
        IEnumerable<string> projects = Directory
            .EnumerateFiles(RepositoryPaths.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(static path => !Ignored().IsMatch(path));

        Assert.All(projects, static project =>
        {
            string locked = File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"));
            Assert.DoesNotContain("://", locked, StringComparison.Ordinal);
        });
    }

    [GeneratedRegex(@"[\\/](obj|bin|node_modules|artifacts|StrykerOutput)[\\/]")]
    private static partial Regex Ignored();
}
