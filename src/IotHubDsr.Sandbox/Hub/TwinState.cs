using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json.Nodes;

namespace IotHubDsr.Sandbox.Hub;

/// <summary>Tags and properties of a device or module. The twin's ETag is not the identity's.</summary>
internal sealed class TwinState(DateTimeOffset created)
{
    private DateTimeOffset _desiredUpdated = created;
    private DateTimeOffset _reportedUpdated = created;
    private long _desiredVersion = 1;
    private long _reportedVersion = 1;

    public JsonObject Tags { get; private set; } = [];

    public JsonObject Desired { get; private set; } = [];

    public JsonObject Reported { get; private set; } = [];

    public long Version { get; private set; } = 2;

    public string ETag
    {
        get
        {
            byte[] bytes = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, Version);
            return Convert.ToBase64String(bytes);
        }
    }

    /// <summary>Merges: null removes a property, an object merges into an object, anything else replaces.</summary>
    public void Patch(JsonObject patch, DateTimeOffset now) =>
        Change(patch, now, (section, changes) => Merge((JsonObject)section.DeepClone(), changes));

    /// <summary>Replaces the sections that the document has.</summary>
    public void Replace(JsonObject document, DateTimeOffset now) => Change(document, now, (_, section) => Merge([], section));

    /// <summary>Fails if a twin could not have the sections of the document.</summary>
    public static void RequireLegal(JsonObject document) => new TwinState(default).Replace(document, default);

    /// <summary>What a device itself reports; no service operation can change it.</summary>
    public void Report(JsonObject reported, DateTimeOffset now)
    {
        Reported = Merge(Reported, reported);
        _reportedVersion++;
        _reportedUpdated = now;
        Version++;
    }

    public JsonObject PropertiesJson() =>
        new()
        {
            ["desired"] = Section(Desired, _desiredVersion, _desiredUpdated),
            ["reported"] = Section(Reported, _reportedVersion, _reportedUpdated),
        };

    private static JsonObject Section(JsonObject values, long version, DateTimeOffset updated)
    {
        var section = (JsonObject)values.DeepClone();
        string time = updated.UtcDateTime.ToString("o", CultureInfo.InvariantCulture);
        var metadata = new JsonObject { ["$lastUpdated"] = time };
        foreach (string? name in values.Select(property => property.Key))
            metadata[name] = new JsonObject { ["$lastUpdated"] = time };

        section["$metadata"] = metadata;
        section["$version"] = version;
        return section;
    }

    private static JsonObject Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string? name, JsonNode? value) in patch)
        {
            switch (name, value)
            {
                case ("$metadata" or "$version", _):
                    break;
                case (_, null):
                    target.Remove(name);
                    break;
                case (_, JsonObject child) when target[name] is JsonObject existing:
                    Merge(existing, child);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }

        return target;
    }

    private static JsonObject? Object(JsonObject? document, string name) =>
        document?[name] switch
        {
            null => null,
            JsonObject section => section,
            _ => throw new HubRefusal(HubError.ArgumentInvalid, $"BadRequest: '{name}' of a twin must be an object."),
        };

    private void Change(JsonObject document, DateTimeOffset now, Func<JsonObject, JsonObject, JsonObject> apply)
    {
        (JsonObject? newTags, JsonObject? newDesired) = (Object(document, "tags"), Object(Object(document, "properties"), "desired"));
        JsonObject tags = newTags is null ? Tags : apply(Tags, newTags);
        JsonObject desired = newDesired is null ? Desired : apply(Desired, newDesired);
        // What breaks a limit changes nothing.
        TwinLimits.Require("tags", tags, TwinLimits.Tags);
        TwinLimits.Require("properties.desired", desired, TwinLimits.Properties);
        (Tags, Desired) = (tags, desired);
        if (newDesired is not null)
        {
            _desiredVersion++;
            _desiredUpdated = now;
        }

        Version++;
    }
}
