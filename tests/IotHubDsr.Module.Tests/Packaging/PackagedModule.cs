using System.Collections;
using System.Diagnostics;
using System.Management.Automation.Language;

namespace IotHubDsr.Module.Tests.Packaging;

/// <summary>The module as the packaging target writes it, from what was built for the tests, in a folder with blanks in its name.</summary>
public sealed class PackagedModule : IAsyncLifetime
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), $"iothubdsr package {Guid.NewGuid():N}");

    /// <summary>The data of the manifest in the repository.</summary>
    internal static IReadOnlyDictionary<string, object> Manifest { get; } = ReadManifest(RepositoryPaths.Manifest);

    internal static string Version => (string)Manifest["ModuleVersion"];

    /// <summary>The folder to install.</summary>
    internal string Folder => Path.Combine(_root, "IotHubDsr", Version);

    /// <summary>The file for a PowerShell repository.</summary>
    internal string Package => Path.Combine(_root, $"IotHubDsr.{Version}.nupkg");

    /// <summary>The files in <see cref="Folder"/>, with forward slashes.</summary>
    internal IReadOnlyList<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/')),
        ];

    public async Task InitializeAsync()
    {
        string project = Path.Combine(RepositoryPaths.Root, "src", "IotHubDsr", "IotHubDsr.csproj");
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "msbuild",
                project,
                "-t:Package",
                "-p:NoBuild=true",
                $"-p:Configuration={RepositoryPaths.Configuration}",
                $"-p:PackageRoot={_root}",
                "-nologo",
                "-v:minimal",
                "-nodeReuse:false",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    private static Dictionary<string, object> ReadManifest(string path)
    {
        ScriptBlockAst script = Parser.ParseFile(path, out _, out ParseError[] errors);
        Assert.Empty(errors);
        var table = (Hashtable)script.Find(static ast => ast is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue();
        return table
            .Cast<DictionaryEntry>()
            .ToDictionary(static entry => (string)entry.Key, static entry => entry.Value!, StringComparer.OrdinalIgnoreCase);
    }
}
