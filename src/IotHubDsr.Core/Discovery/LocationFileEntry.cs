using System.Text.Json;
using IotHubDsr.Azure;

namespace IotHubDsr.Discovery;

/// <summary>One entry of a <see cref="LocationFile"/>.</summary>
internal static class LocationFileEntry
{
    private static readonly string[] Properties = ["kind", "containerUri", "hubName", "place", "resourceId", "note", LocationFileStatements.Dedicated];

    private static readonly string[] SecretMarks = ["sig=", "SharedAccessKey=", "AccountKey=", "SharedAccessSignature="];

    private static readonly string[] ContainerKinds =
        [LocationKinds.RoutedBlobContainer, LocationKinds.FileUploadContainer, LocationKinds.DeadLetterContainer, LocationKinds.LogArchive];

    /// <summary>These are parts of the connected hub: a second one would be read as if it were the first.</summary>
    private static readonly string[] HubKinds =
    [
        LocationKinds.DeviceRegistry, LocationKinds.CloudToDeviceQueue, LocationKinds.FeedbackQueue, LocationKinds.FileNotificationQueue,
        LocationKinds.JobHistory, LocationKinds.Configurations, LocationKinds.BuiltInEndpoint, LocationKinds.UnreadConfiguration,
    ];

    /// <param name="entry">The entry.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the entry.</param>
    public static DataLocation Read(JsonElement entry, Func<string, DsrException> problem)
    {
        Dictionary<string, string> texts = Texts(entry, Properties, problem, LocationFileStatements.Exclude);
        string named = texts.GetValueOrDefault("kind") ?? throw problem("'kind' is missing.");
        string? kind = LocationAdvice.KindOf(named);
        if (HubKinds.Contains(kind))
            throw problem($"'{kind}' is a part of the connected hub and cannot be added.");

        string? note = texts.GetValueOrDefault("note");
        string provenance = note is null ? "location file" : $"location file: {note}";
        JsonElement? exclude = entry.TryGetProperty(LocationFileStatements.Exclude, out JsonElement blobs) && blobs.ValueKind != JsonValueKind.Null ? blobs : null;
        IReadOnlyList<OperatorStatement> statements = LocationFileStatements.Read(
            kind, texts.GetValueOrDefault(LocationFileStatements.Dedicated), exclude, problem);
        if (ContainerKinds.Contains(kind))
            return Container(kind!, texts, provenance, problem) with { Statements = statements };

        string place = texts.GetValueOrDefault("place") ?? throw problem("'place' is missing.");
        if (texts.ContainsKey("containerUri") || texts.ContainsKey("hubName"))
            throw problem($"'containerUri' and 'hubName' belong to the kinds {string.Join(", ", ContainerKinds)}.");
        return new DataLocation
        {
            Id = "",
            Kind = kind ?? LocationKinds.UnknownSink,
            Place = kind is null ? $"{named} {place}" : place,
            ResourceId = ResourceId(texts, problem),
            Provenance = [provenance],
            Verdict = kind is null ? Verdict.OwnerAction : null,
        };
    }

    private static DataLocation Container(string kind, Dictionary<string, string> texts, string provenance, Func<string, DsrException> problem)
    {
        string address = texts.GetValueOrDefault("containerUri") ?? throw problem($"'containerUri' is missing, which '{kind}' needs.");
        bool isContainer = Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            && uri.AbsolutePath.Trim('/') is { Length: > 0 } path && !path.Contains('/');
        if (!isContainer)
            throw problem("'containerUri' is not of the form https://<account>.blob.core.windows.net/<container>, without anything after it.");
        if (texts.ContainsKey("place"))
            throw problem("'place' follows from 'containerUri' and cannot be given.");

        string account = uri!.Host.Contains(".blob.", StringComparison.OrdinalIgnoreCase) ? uri.Host.Split('.')[0] : uri.Host;
        string container = uri.AbsolutePath.Trim('/');
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [LocationSettings.ContainerUri] = $"{uri.GetLeftPart(UriPartial.Authority)}/{container}",
        };
        if (texts.GetValueOrDefault("hubName") is { } hubName)
            settings[LocationSettings.HubName] = hubName;
        string? resourceId = ResourceId(texts, problem);
        if (resourceId is not null)
            settings[LocationSettings.StorageAccountId] = resourceId;
        return new DataLocation
        {
            Id = "",
            Kind = kind,
            Place = $"{account}/{container}",
            ResourceId = resourceId,
            Provenance = [provenance],
            Settings = settings,
        };
    }

    private static string? ResourceId(Dictionary<string, string> texts, Func<string, DsrException> problem)
    {
        if (texts.GetValueOrDefault("resourceId") is not { } text)
            return null;
        return ArmId.TryParse(text, out ArmId? id) ? id.ToString() : throw problem("'resourceId' is not the ID of an Azure resource.");
    }

    /// <summary>The texts of an object.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="properties">Names of the texts that it may have.</param>
    /// <param name="problem">Makes the failure of the file from what is wrong with the object.</param>
    /// <param name="other">Name of a member that is not a text; null when there is none.</param>
    public static Dictionary<string, string> Texts(
        JsonElement entry, IReadOnlyCollection<string> properties, Func<string, DsrException> problem, string? other = null)
    {
        if (entry.ValueKind != JsonValueKind.Object)
            throw problem("an object is expected.");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            string name = NameOf(property) ?? throw problem("the name of a property is not text.");
            if (name == other)
                continue;
            if (!properties.Contains(name, StringComparer.Ordinal))
                throw problem($"'{LocationText.Quote(name)}' is not known; known are {string.Join(", ", other is null ? properties : [.. properties, other])}.");
            if (property.Value.ValueKind == JsonValueKind.Null)
                continue;
            string text = ((JsonElement?)property.Value).Text() ?? throw problem($"the value of '{name}' is not a text.");
            if (Array.Exists(SecretMarks, mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase)))
                throw problem($"'{name}' holds a secret (a SAS or a key): take it out of the file; access is by role.");
            texts[name] = text.Trim();
        }

        return texts;
    }

    /// <summary>The name of a property; null where it is valid JSON but not text.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
