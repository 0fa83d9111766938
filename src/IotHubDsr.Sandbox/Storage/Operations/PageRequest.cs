using System.Globalization;
using System.Text;
using System.Xml;
using IotHubDsr.Sandbox.Storage.Rest;

namespace IotHubDsr.Sandbox.Storage.Operations;

/// <summary>Where a page of a listing begins: a name, and a place among the revisions under that name.</summary>
internal sealed record PageStart(string Name, string SortKey)
{
    /// <summary>Opaque to the client. A position, not a count: what is added or removed between two pages shifts nothing.</summary>
    public string ToMarker() => Convert.ToBase64String(Encoding.UTF8.GetBytes(SortKey + "\n" + Name));

    public static PageStart Parse(string marker)
    {
        byte[] bytes = new byte[marker.Length];
        string text = Convert.TryFromBase64String(marker, bytes, out int length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
        int separator = text.IndexOf('\n', StringComparison.Ordinal);
        return separator < 0 ? throw StorageErrors.InvalidParameter("marker", marker) : new(text[(separator + 1)..], text[..separator]);
    }
}

/// <summary>The parameters that both listings have in common.</summary>
internal sealed class PageRequest
{
    private readonly BlobRequest _request;
    private readonly string? _marker;
    private readonly string? _maxResults;

    private PageRequest(BlobRequest request, int cap)
    {
        _request = request;
        Prefix = request.Parameter("prefix") ?? "";
        Delimiter = request.Parameter("delimiter");
        _marker = request.Parameter("marker");
        Start = _marker is null ? null : PageStart.Parse(_marker);
        _maxResults = request.Parameter("maxresults");
        Size = Math.Min(cap, ParseSize(_maxResults));
    }

    public string Prefix { get; }

    public string? Delimiter { get; }

    public PageStart? Start { get; }

    public int Size { get; }

    public static PageRequest Of(BlobRequest request, int cap)
    {
        // Each of these narrows a listing; to leave one out silently would list too much.
        foreach (string parameter in (string[])["showonly", "startfrom", "endbefore"])
        {
            if (request.Parameter(parameter) is not null)
                throw StorageErrors.NotSimulated($"listings with {parameter}");
        }

        return new(request, cap);
    }

    public HashSet<string> Includes(params ReadOnlySpan<string> known)
    {
        var include = new HashSet<string>(StringComparer.Ordinal);
        foreach (string item in (_request.Parameter("include") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = item.Trim().ToLowerInvariant();
            include.Add(known.Contains(name) ? name : throw StorageErrors.InvalidParameter("include", item));
        }

        return include;
    }

    public void WriteStart(XmlWriter writer, string endpoint, string? containerName)
    {
        writer.WriteStartElement("EnumerationResults");
        writer.WriteAttributeString("ServiceEndpoint", endpoint);
        if (containerName is not null)
            writer.WriteAttributeString("ContainerName", containerName);

        writer.Element("Prefix", XmlBody.IsXmlText(Prefix) ? _request.Parameter("prefix") : null);
        writer.Element("Marker", _marker);
        writer.Element("MaxResults", _maxResults);
        writer.Element("Delimiter", Delimiter is null || XmlBody.IsXmlText(Delimiter) ? Delimiter : null);
    }

    public static void WriteEnd(XmlWriter writer, PageStart? next)
    {
        writer.WriteElementString("NextMarker", next?.ToMarker() ?? "");
        writer.WriteEndElement();
    }

    private static int ParseSize(string? text)
    {
        if (text is null)
            return BlobStore.ServicePageSize;

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int size))
            throw StorageErrors.InvalidParameter("maxresults", text);

        return size > 0 ? size : throw StorageErrors.OutOfRangeParameter("maxresults", text);
    }
}
