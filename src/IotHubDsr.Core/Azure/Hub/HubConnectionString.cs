namespace IotHubDsr.Core.Azure.Hub;

/// <summary>The connection string of a shared access policy of a hub. Not a record: its text would show the key.</summary>
internal sealed class HubConnectionString
{
    private const string HostNamePart = "HostName";
    private const string PolicyPart = "SharedAccessKeyName";
    private const string KeyPart = "SharedAccessKey";

    public HubConnectionString(string hostName, string policyName, string sharedAccessKey)
    {
        HostName = hostName;
        PolicyName = policyName;
        Key = Decode(sharedAccessKey);
    }

    public string HostName { get; }

    /// <summary>Name of the shared access policy.</summary>
    public string PolicyName { get; }

    public ReadOnlyMemory<byte> Key { get; }

    /// <exception cref="DsrException">It is not the connection string of a hub; the text of the failure shows nothing of it.</exception>
    public static HubConnectionString Parse(string text)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int separator = part.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0)
                throw Invalid("a part of it is not of the form name=value");
            if (!parts.TryAdd(part[..separator].TrimEnd(), part[(separator + 1)..].TrimStart()))
                throw Invalid("it has a part twice");
        }

        if (parts.ContainsKey("DeviceId"))
            throw Invalid("it belongs to a single device");
        string hostName = Required(parts, HostNamePart);
        if (Uri.CheckHostName(hostName) != UriHostNameType.Dns)
            throw Invalid($"its {HostNamePart} is not a host name");
        return new HubConnectionString(hostName, Required(parts, PolicyPart), Required(parts, KeyPart));
    }

    public override string ToString() => $"{PolicyName} of {HostName}";

    private static string Required(Dictionary<string, string> parts, string name) =>
        parts.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw Invalid($"it has no {name}");

    private static byte[] Decode(string sharedAccessKey)
    {
        byte[] key = new byte[sharedAccessKey.Length];
        return Convert.TryFromBase64String(sharedAccessKey, key, out int length) && length > 0
            ? key[..length]
            : throw Invalid($"its {KeyPart} is not base64");
    }

    private static DsrException Invalid(string reason) => FaultCatalogue.InvalidConnectionString.Exception("connection string", reason);
}
