using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>POST /devices: up to 100 creations, updates and deletions in one call. Part of them may fail.</summary>
internal sealed class BulkRegistry(HubRegistry registry, TimeProvider time)
{
    public const int Limit = 100;

    public HubReply Run(JsonNode? body)
    {
        if (body is not JsonArray entries || entries.Count == 0)
            throw new HubRefusal(HubError.ArgumentNull, "The request must have an array of devices.");

        if (entries.Count > Limit)
        {
            throw new HubRefusal(
                HubError.TooManyDevices,
                $"A bulk operation takes at most {Limit} devices; the request has {entries.Count}."
            );
        }

        RequireDistinct(entries);
        var errors = new JsonArray();
        foreach (JsonNode? entry in entries)
        {
            try
            {
                Apply(entry!.AsObject());
            }
            catch (HubRefusal refusal)
            {
                errors.Add(
                    new JsonObject
                    {
                        ["deviceId"] = Text(entry, "id"),
                        ["moduleId"] = Text(entry, "moduleId"),
                        ["errorCode"] = (int)refusal.Error,
                        ["errorStatus"] = refusal.Message,
                    }
                );
            }
        }

        bool succeeded = errors.Count == 0;
        var result = new JsonObject
        {
            ["isSuccessful"] = succeeded,
            ["errors"] = errors,
            ["warnings"] = new JsonArray(),
        };
        return new HubReply(succeeded ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, result);
    }

    private static void RequireDistinct(JsonArray entries)
    {
        var seen = new HashSet<(string?, string?)>();
        foreach (JsonNode? entry in entries)
        {
            if (entry is not JsonObject || Text(entry, "id") is null)
                throw new HubRefusal(HubError.ArgumentInvalid, "Each entry must be an object with an id.");

            if (!seen.Add((Text(entry, "id"), Text(entry, "moduleId"))))
            {
                throw new HubRefusal(
                    HubError.DeviceDefinedMultipleTimes,
                    $"Device '{Text(entry, "id")}' is in the request more than once."
                );
            }
        }
    }

    private static string? Text(JsonNode? node, string name) => node?[name]?.ToString();

    private void Apply(JsonObject entry)
    {
        string id = Text(entry, "id")!;
        string? moduleId = Text(entry, "moduleId");
        // An entry fails as a whole.
        TwinState.RequireLegal(entry);
        // Clients spell the modes in camel and in Pascal case.
        switch ((Text(entry, "importMode") ?? "createOrUpdate").ToLowerInvariant())
        {
            case "create":
                Write(Create(id, moduleId, entry), entry);
                break;
            case "update":
                Update(Existing(id, moduleId), entry);
                break;
            case "updateifmatchetag":
                Update(Matching(id, moduleId, entry), entry);
                break;
            case "createorupdate":
                Upsert(id, moduleId, entry, entry => Existing(id, moduleId));
                break;
            case "createorupdateifmatchetag":
                Upsert(id, moduleId, entry, entry => Matching(id, moduleId, entry));
                break;
            case "delete":
                registry.Delete(Existing(id, moduleId));
                break;
            case "deleteifmatchetag":
                registry.Delete(Matching(id, moduleId, entry));
                break;
            case "updatetwin":
                Write(Existing(id, moduleId), entry);
                break;
            case "updatetwinifmatchetag":
                HubIdentity identity = Existing(id, moduleId);
                HubRegistry.RequireMatch(Text(entry, "twinETag") ?? "", identity.Twin.ETag);
                Write(identity, entry);
                break;
            case var mode:
                throw new HubRefusal(HubError.ArgumentInvalid, $"'{mode}' is not an import mode.");
        }
    }

    private HubIdentity Existing(string id, string? moduleId) => moduleId is null ? registry.Device(id) : registry.Module(id, moduleId);

    private HubIdentity Matching(string id, string? moduleId, JsonObject entry)
    {
        HubIdentity identity = Existing(id, moduleId);
        HubRegistry.RequireMatch(Text(entry, "eTag") ?? Text(entry, "etag") ?? "", identity.ETag);
        return identity;
    }

    private HubIdentity Create(string id, string? moduleId, JsonObject entry) =>
        moduleId is null ? registry.Create(id, entry) : registry.CreateModule(id, moduleId, entry);

    private void Upsert(string id, string? moduleId, JsonObject entry, Func<JsonObject, HubIdentity> existing)
    {
        bool exists = moduleId is null ? registry.Find(id) is not null : registry.Device(id).Modules.ContainsKey(moduleId);
        if (exists)
            Update(existing(entry), entry);
        else
            Write(Create(id, moduleId, entry), entry);
    }

    private void Update(HubIdentity identity, JsonObject entry)
    {
        registry.Update(identity, entry);
        Write(identity, entry);
    }

    private void Write(HubIdentity identity, JsonObject entry)
    {
        if (entry["tags"] is not null || entry["properties"] is not null)
            identity.Twin.Replace(entry, time.GetUtcNow());
    }
}
