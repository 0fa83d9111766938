namespace IotHubDsr.Module.Tests.Sandbox;

/// <summary>
/// A device and all that a hub keeps of it, made and looked for with Microsoft's clients and erased with the module: of a device whose ID
/// is the same once decoded nothing may be missing.
/// </summary>
public sealed class ClientScenarioTests
{
    private const string Subject = "evil's%25dev:1";

    [ClientsFact]
    public async Task Erase_OfWhatTheClientsWrote_LeavesNothingOfTheOneAndAllOfTheOther()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("iothubdsr-clients ");
        try
        {
            string script = Path.Combine(ClientsFactAttribute.Folder, "Scenario.ps1");
            (int exitCode, string output, string errors) = await PowerShellRun.RunAsync([
                "-NonInteractive",
                "-File",
                script,
                "-Manifest",
                RepositoryPaths.Manifest,
                "-Folder",
                folder.FullName,
            ]);

            Assert.True(exitCode == 0, $"Exit code {exitCode}: {output}{errors}");
            string[] lines = output.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
            Assert.Contains(lines, line => line.StartsWith($"confirmed: nothing of '{Subject}', all ", StringComparison.Ordinal));
            Assert.Contains("found: 4 in DeviceRegistry contoso-hub", lines);
            Assert.Contains("found: 4 in FileUploadContainer contosouploads/device-uploads", lines);
            foreach (string place in (string[])["contosorouted/raw-json", "contosorouted/raw-avro"])
                Assert.Contains($"erased: Erased RoutedBlobContainer {place}", lines);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>A test that needs Node.js, and Microsoft's clients as tests/conformance/clients installs them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClientsFactAttribute : FactAttribute
{
    public ClientsFactAttribute() =>
        Skip =
            HasNode() && Directory.Exists(Path.Combine(Folder, "node_modules", "azure-iothub"))
                ? null
                : "Needs Node.js and Microsoft's clients (npm ci --ignore-scripts --prefix tests/conformance/clients).";

    public static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "tests", "conformance", "clients");

    private static bool HasNode() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe")));
}
