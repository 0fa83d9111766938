using System.Globalization;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>A request as the operations see it: read completely before any lock is taken.</summary>
internal sealed class BlobRequest(string method, RequestTarget target, IHeaderDictionary headers, Blobs.BlobContent body)
{
    public string Method => method;

    public RequestTarget Target => target;

    public IHeaderDictionary Headers => headers;

    public Blobs.BlobContent Body => body;

    /// <summary>Null when the header is absent or empty.</summary>
    public string? Header(string name)
    {
        string value = headers[name].ToString();
        return value.Length == 0 ? null : value;
    }

    public string RequiredHeader(string name) => Header(name) ?? throw StorageErrors.MissingHeader(name);

    /// <summary>Null when the parameter is absent or empty.</summary>
    public string? Parameter(string name) => target.Query.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    public DateTimeOffset? DateHeader(string name)
    {
        if (Header(name) is not { } value)
            return null;

        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date
            : throw StorageErrors.InvalidHeader(name, value);
    }

    public long? LongHeader(string name)
    {
        if (Header(name) is not { } value)
            return null;

        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw StorageErrors.InvalidHeader(name, value);
    }

    public bool FlagHeader(string name) =>
        Header(name) switch
        {
            null => false,
            var value when bool.TryParse(value, out bool flag) => flag,
            var value => throw StorageErrors.InvalidHeader(name, value),
        };
}
