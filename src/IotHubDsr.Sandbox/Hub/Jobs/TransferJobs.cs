using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using IotHubDsr.Sandbox.Hub.Configurations;
using IotHubDsr.Sandbox.Storage;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Hub.Jobs;

/// <summary>
/// Jobs that write all devices to a blob, and those that read them from one. They are done at once; that of a container that is not there
/// is refused.
/// </summary>
internal sealed class TransferJobs(
    HubRegistry registry,
    BlobStore blobs,
    BulkRegistry bulk,
    HubConfigurations configurations,
    TimeProvider time
)
{
    public const string DefaultBlob = "devices.txt";
    private const string ConfigurationsBlob = "configurations.txt";

    private const string Export = "export";
    private const string Import = "import";
    private const string ErrorBlob = "importErrors.log";

    private static readonly JsonSerializerOptions s_unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsOne(JsonObject job) => job["type"]?.ToString() is Export or Import;

    public JsonObject Create(JsonObject model, IReadOnlyCollection<JsonObject> others)
    {
        string? type = model["type"]?.ToString();
        var job = new JsonObject
        {
            ["jobId"] = $"{type}-{others.Count + 1:D4}-{time.GetUtcNow().UtcTicks:x}",
            ["startTimeUtc"] = HubJobs.Text(time.GetUtcNow()),
            ["endTimeUtc"] = HubJobs.Text(time.GetUtcNow()),
            ["type"] = type,
            ["status"] = "completed",
            ["progress"] = 100,
        };
        foreach ((string name, JsonNode? value) in model)
        {
            if (name is not ("jobId" or "type" or "status" or "progress"))
                job[name] = value?.DeepClone();
        }

        BlobContainer output = ContainerOf(model, "outputBlobContainerUri");
        if (type == Export)
            output.Put(model["outputBlobName"]?.ToString() ?? DefaultBlob, Devices(isWithoutKeys: IsTrue(model["excludeKeysInExport"])));
        else if (type == Import)
            ImportInto(job, ContainerOf(model, "inputBlobContainerUri"), output, model["inputBlobName"]?.ToString() ?? DefaultBlob);
        else
            throw new HubRefusal(HubError.ArgumentInvalid, $"'{type}' is not a type of job.");
        if (type == Export && IsTrue(model["includeConfigurations"]))
            output.Put(model["configurationsBlobName"]?.ToString() ?? ConfigurationsBlob, Configurations());
        return job;
    }

    private byte[] Configurations() =>
        Encoding.UTF8.GetBytes(string.Concat(configurations.All.Values.Select(static one => one.ToJsonString(s_unescaped) + "\r\n")));

    /// <summary>A line for each device, and one for each module.</summary>
    private byte[] Devices(bool isWithoutKeys)
    {
        var text = new StringBuilder();
        foreach (HubIdentity device in registry.Devices)
        {
            text.Append(LineOf(device, isWithoutKeys)).Append("\r\n");
            foreach (HubIdentity module in device.Modules.Values)
                text.Append(LineOf(module, isWithoutKeys)).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string LineOf(HubIdentity identity, bool isWithoutKeys)
    {
        JsonObject document = identity.ToIdentityJson();
        var line = new JsonObject { ["id"] = identity.DeviceId };
        if (identity.ModuleId is not null)
            line["moduleId"] = identity.ModuleId;
        line["eTag"] = identity.ETag;
        line["status"] = identity.Status;
        line["authentication"] = isWithoutKeys ? null : document["authentication"]?.DeepClone();
        line["twinETag"] = identity.Twin.ETag;
        line["tags"] = identity.Twin.Tags.DeepClone();
        line["properties"] = identity.Twin.PropertiesJson();
        return line.ToJsonString(s_unescaped);
    }

    private void ImportInto(JsonObject job, BlobContainer input, BlobContainer output, string name)
    {
        BlobRevision content = (input.TryGetEntry(name, out BlobEntry? entry) ? entry.Current : null)
            ?? throw new HubRefusal(HubError.BlobContainerValidationError, $"There is no blob '{name}' in the input container.");
        string[] lines = Encoding.UTF8.GetString(content.Content.ToMemory().Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var errors = new StringBuilder();
        foreach (string line in lines.Select(static line => line.Trim()).Where(static line => line.Length > 0))
        {
            JsonNode? answer = bulk.Run(new JsonArray(JsonNode.Parse(line))).Body;
            foreach (JsonNode? error in answer?["errors"]?.AsArray() ?? [])
                errors.Append(error!.ToJsonString()).Append("\r\n");
        }

        if (errors.Length > 0)
            output.Put(ErrorBlob, Encoding.UTF8.GetBytes(errors.ToString()));
        job["inputBlobName"] = name;
    }

    private BlobContainer ContainerOf(JsonObject model, string name) =>
        Uri.TryCreate(model[name]?.ToString(), UriKind.Absolute, out Uri? uri)
        && blobs.TryGetAccount(uri.Host.Split('.')[0], out BlobAccount? account)
        && account.TryGetContainer(uri.AbsolutePath.Trim('/'), out BlobContainer? container)
            ? container
            : throw new HubRefusal(HubError.BlobContainerValidationError, $"{name} does not name a container that the hub can reach.");

    private static bool IsTrue(JsonNode? value) => value?.GetValueKind() == JsonValueKind.True;
}
