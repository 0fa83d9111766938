using System.Text.Json;
using IotHubDsr.Core.Azure.Hub;

namespace IotHubDsr.Core.Sinks.BulkExports;

/// <summary>A blob that a job of the hub wrote devices to, or read them from.</summary>
/// <param name="Job">The job.</param>
/// <param name="Container">The address of its container, as the job has it: it can hold a signature, and is shown to nobody.</param>
/// <param name="Name">Name of the blob.</param>
/// <param name="Does">What the job does with it, in words.</param>
internal sealed record TransferBlob(HubJob Job, string? Container, string Name, string Does)
{
    private const string Devices = "devices.txt";
    private const string Configurations = "configurations.txt";
    private const string WithConfigurations = "includeConfigurations";
    private const string Errors = "importErrors.log";

    /// <summary>The blobs of a job. What it does not name has the service's own name.</summary>
    public static IEnumerable<TransferBlob> Of(HubJob job)
    {
        string? output = job.Json.Text("outputBlobContainerUri");
        string? input = job.Json.Text("inputBlobContainerUri");
        bool isImport = job.Json.Text("type") == "import";
        bool hasConfigurations =
            job.Json.TryGetProperty(WithConfigurations, out JsonElement included)
            && included.ValueKind is not (JsonValueKind.False or JsonValueKind.Null);
        string configurations = NameOf(job, "configurationsBlobName", Configurations);
        if (isImport)
        {
            yield return new TransferBlob(job, input, NameOf(job, "inputBlobName", Devices), "imported devices from");
            yield return new TransferBlob(job, output, NameOf(job, "outputBlobName", Errors), "noted the errors of an import in");
        }
        else
        {
            yield return new TransferBlob(job, output, NameOf(job, "outputBlobName", Devices), "exported all devices to");
        }

        if (hasConfigurations)
        {
            yield return new TransferBlob(
                job,
                isImport ? input : output,
                configurations,
                isImport ? "imported configurations from" : "exported all configurations to"
            );
        }
    }

    private static string NameOf(HubJob job, string member, string otherwise) =>
        job.Json.Text(member) is { Length: > 0 } name ? name : otherwise;
}
