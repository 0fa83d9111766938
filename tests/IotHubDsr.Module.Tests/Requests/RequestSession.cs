using System.IO.Compression;
using System.Management.Automation;

namespace IotHubDsr.Module.Tests.Requests;

/// <summary>A session that is connected to a sandbox of its own and keeps its requests in a folder of its own.</summary>
internal sealed class RequestSession : IDisposable
{
    public const string Container = "https://contosoevidence.blob.core.windows.net/data-requests";

    private readonly TemporaryFolder _folder = new();

    public RequestSession()
    {
        Module = ModuleSession.WithSandbox();
        Run("param($store) $context = Connect-IotHubDsr -Sandbox $sandbox -RequestStore $store", Store);
        Module.Sandbox.ClearLog();
    }

    public ModuleSession Module { get; }

    public string Store => _folder.File("requests");

    /// <summary>All that the request store holds, by its path in the store, with when it was written.</summary>
    public IReadOnlyList<string> Written =>
        Directory.Exists(Store)
            ?
            [
                .. Directory
                    .EnumerateFiles(Store, "*", SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Select(file =>
                        $"{Path.GetRelativePath(Store, file)} {new FileInfo(file).Length} {new FileInfo(file).LastWriteTimeUtc:O}"
                    ),
            ]
            : [];

    public string File(string name) => _folder.File(name);

    public ModuleOutcome Run(string script, params object?[] arguments) => Module.Run(script, arguments);

    /// <summary>Registers a request and gives its ID.</summary>
    public string Register(string deviceId) => Run("param($id) New-IotDataRequest $id", deviceId).Single().Text("RequestId");

    /// <summary>Erases a device and gives the ID of its request.</summary>
    public string Erase(string deviceId) =>
        Run("param($id) Remove-IotDeviceData $id -Force", deviceId)
            .Output.Select(receipt => receipt.Text("RequestId"))
            .Distinct(StringComparer.Ordinal)
            .Single();

    public PSObject Get(string requestId) => Run("param($id) Get-IotDataRequest $id", requestId).Single();

    /// <summary>The contents of a zip file as text.</summary>
    public static string TextOf(string zip)
    {
        using ZipArchive archive = ZipFile.OpenRead(zip);
        return string.Join(
            '\n',
            archive.Entries.Select(entry =>
            {
                using var reader = new StreamReader(entry.Open());
                return $"{entry.FullName}\n{reader.ReadToEnd()}";
            })
        );
    }

    public void Dispose()
    {
        Module.Dispose();
        _folder.Dispose();
    }
}
