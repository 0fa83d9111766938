using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using IotHubDsr.Sandbox.Storage.Blobs;

namespace IotHubDsr.Sandbox.Storage.Rest;

/// <summary>XML bodies as the service writes and reads them.</summary>
internal static class XmlBody
{
    // A carriage return in a name survives only as a character reference.
    private static readonly XmlWriterSettings s_settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true),
        NewLineHandling = NewLineHandling.Entitize,
        CheckCharacters = true,
    };

    public static StorageResponse Respond(int status, Action<XmlWriter> write)
    {
        var response = new StorageResponse(status) { Body = BlobContent.Of(Write(write)) };
        return response.With("Content-Type", "application/xml");
    }

    public static byte[] Write(Action<XmlWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, s_settings))
        {
            writer.WriteStartDocument();
            write(writer);
            writer.WriteEndDocument();
        }

        return stream.ToArray();
    }

    public static XElement Parse(BlobContent body)
    {
        try
        {
            using var stream = new MemoryStream(body.ToMemory().ToArray(), writable: false);
            using var reader = XmlReader.Create(stream, new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            // The text of a message may be blanks alone.
            return XElement.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            throw new StorageException(StorageErrors.InvalidXmlDocument);
        }
    }

    public static void Element(this XmlWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteElementString(name, value);
    }

    public static void Element(this XmlWriter writer, string name, long value) =>
        writer.WriteElementString(name, value.ToString(CultureInfo.InvariantCulture));

    public static void Element(this XmlWriter writer, string name, DateTimeOffset value) =>
        writer.WriteElementString(name, value.ToString("R", CultureInfo.InvariantCulture));

    public static void Element(this XmlWriter writer, string name, bool value) => writer.WriteElementString(name, value ? "true" : "false");

    /// <summary>A name with characters that no XML document can carry is percent-encoded, and says so.</summary>
    public static void NameElement(this XmlWriter writer, string name)
    {
        writer.WriteStartElement("Name");
        if (IsXmlText(name))
        {
            writer.WriteString(name);
        }
        else
        {
            writer.WriteAttributeString("Encoded", "true");
            writer.WriteString(Uri.EscapeDataString(name));
        }

        writer.WriteEndElement();
    }

    public static void Pairs(this XmlWriter writer, string element, IReadOnlyDictionary<string, string> pairs)
    {
        writer.WriteStartElement(element);
        foreach ((string? name, string? value) in pairs)
            writer.WriteElementString(name, value);

        writer.WriteEndElement();
    }

    public static void Tags(this XmlWriter writer, IReadOnlyDictionary<string, string> tags)
    {
        writer.WriteStartElement("Tags");
        writer.WriteStartElement("TagSet");
        foreach ((string? name, string? value) in tags)
        {
            writer.WriteStartElement("Tag");
            writer.WriteElementString("Key", name);
            writer.WriteElementString("Value", value);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    public static bool IsXmlText(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (!XmlConvert.IsXmlChar(text[i]))
                return false;
        }

        return true;
    }
}
