using System.Text;

namespace IotHubDsr.Core.Reports;

/// <summary>
/// Writes HTML with SVG in it. Names come from enumerations and every string is encoded, so that no field of a report can become markup:
/// there is no way to write a string as it is.
/// </summary>
internal sealed class MarkupWriter : IDisposable
{
    private readonly StreamWriter _writer;

    public MarkupWriter(Stream stream)
    {
        _writer = new StreamWriter(
            stream,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            bufferSize: 16 * 1024,
            leaveOpen: true
        );
        _writer.Write("<!DOCTYPE html>\n");
    }

    /// <summary>Opens an element; disposing of the result closes it.</summary>
    public Closing Element(Tag tag, params ReadOnlySpan<(Attribute Name, string Value)> attributes)
    {
        _writer.Write('<');
        _writer.Write(Markup.Name(tag));
        foreach ((Attribute name, string value) in attributes)
        {
            if (name == Attribute.Href && !value.StartsWith('#'))
                throw new ArgumentException("A report must not refer to anything outside itself.", nameof(attributes));
            _writer.Write(' ');
            _writer.Write(Markup.Name(name));
            _writer.Write("=\"");
            Encode(value);
            _writer.Write('"');
        }

        _writer.Write('>');
        return new Closing(this, tag);
    }

    /// <summary>An element with nothing but text in it.</summary>
    public void Element(Tag tag, string text, params ReadOnlySpan<(Attribute Name, string Value)> attributes)
    {
        using (Element(tag, attributes))
            Text(text);
    }

    /// <summary>An element without content.</summary>
    public void Empty(Tag tag, params ReadOnlySpan<(Attribute Name, string Value)> attributes) => Element(tag, attributes).Dispose();

    public void Text(string text) => Encode(text);

    /// <summary>The style sheet of the report, the only text that is not encoded: it is part of the product and holds no data.</summary>
    public void Style(ReportStyle style)
    {
        using (Element(Tag.Style))
            _writer.Write(style.Text);
    }

    public void Dispose() => _writer.Dispose();

    private void Encode(string text)
    {
        foreach (char character in VisibleText.Of(text))
        {
            switch (character)
            {
                case '&':
                    _writer.Write("&amp;");
                    break;
                case '<':
                    _writer.Write("&lt;");
                    break;
                case '>':
                    _writer.Write("&gt;");
                    break;
                case '"':
                    _writer.Write("&quot;");
                    break;
                case '\'':
                    _writer.Write("&#39;");
                    break;
                default:
                    _writer.Write(character);
                    break;
            }
        }
    }

    private void Close(Tag tag)
    {
        if (tag == Tag.Meta)
            return;
        _writer.Write("</");
        _writer.Write(Markup.Name(tag));
        _writer.Write(tag is Tag.Section or Tag.Tr or Tag.P or Tag.Li or Tag.G or Tag.Div ? ">\n" : ">");
    }

    /// <summary>Closes an element.</summary>
    internal readonly struct Closing(MarkupWriter writer, Tag tag) : IDisposable
    {
        public void Dispose() => writer.Close(tag);
    }
}
