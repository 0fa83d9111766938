using System.Buffers.Binary;
using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>
/// A message as its sender encoded it. What the sender wrote is kept byte for byte; only the service's own sections are made anew.
/// </summary>
internal sealed class EncodedMessage
{
    /// <summary>The message format of a batch: each data section is an encoded message.</summary>
    public const uint BatchFormat = 0x80013700;

    private EncodedMessage(byte[] bytes)
    {
        using var decoded = AmqpMessage.CreateAmqpStreamMessage(
            new BufferListStream([new ArraySegment<byte>(bytes)]),
            payloadInitialized: true
        );
        TimeToLive = decoded.Header?.Ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
        MessageId = decoded.Properties?.MessageId?.ToString();
        CorrelationId = decoded.Properties?.CorrelationId?.ToString();
        SessionId = decoded.Properties?.GroupId;
        To = decoded.Properties?.To?.ToString();
        ReplyTo = decoded.Properties?.ReplyTo?.ToString();
        Subject = decoded.Properties?.Subject;
        ContentType = decoded.Properties?.ContentType.Value;
        if (decoded.MessageAnnotations is { } annotations)
            Annotations = annotations.Map.ToDictionary(pair => pair.Key.ToString()!, pair => (object?)pair.Value, StringComparer.Ordinal);

        if (decoded.ApplicationProperties is { } properties)
        {
            ApplicationProperties = properties.Map.ToDictionary(
                pair => pair.Key.ToString()!,
                pair => (object?)pair.Value,
                StringComparer.Ordinal
            );
        }

        Tail = TailOf(bytes);
    }

    public TimeSpan? TimeToLive { get; }

    public string? MessageId { get; }

    public string? CorrelationId { get; }

    public string? SessionId { get; }

    public string? To { get; }

    public string? ReplyTo { get; }

    public string? Subject { get; }

    public string? ContentType { get; }

    public IReadOnlyDictionary<string, object?> Annotations { get; } = new Dictionary<string, object?>();

    public IReadOnlyDictionary<string, object?> ApplicationProperties { get; } = new Dictionary<string, object?>();

    /// <summary>From the properties on: everything that is the sender's.</summary>
    public ReadOnlyMemory<byte> Tail { get; }

    public static EncodedMessage Read(byte[] bytes)
    {
        try
        {
            return new EncodedMessage(bytes);
        }
        catch (Exception exception) when (exception is FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new AmqpException(AmqpErrorCode.DecodeError, $"The message is not well encoded: {exception.Message}");
        }
    }

    /// <summary>The messages of one transfer.</summary>
    public static IReadOnlyList<EncodedMessage> ReadAll(AmqpMessage transferred)
    {
        if (transferred.MessageFormat != BatchFormat)
            return [Read(BytesOf(transferred))];

        return [.. transferred.DataBody.Select(data => Read(Bytes(data.Value)))];
    }

    public static byte[] BytesOf(AmqpMessage message)
    {
        using var stream = message.ToStream();
        if (stream.CanSeek)
            stream.Position = 0;

        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public static byte[] Bytes(object value) =>
        value switch
        {
            byte[] array => array,
            ArraySegment<byte> segment => segment.ToArray(),
            _ => throw new AmqpException(AmqpErrorCode.DecodeError, $"A binary value is expected instead of {value.GetType().Name}."),
        };

    /// <summary>The tail with other application properties: properties and body stay byte for byte.</summary>
    public static byte[] WithApplicationProperties(ReadOnlyMemory<byte> tail, IReadOnlyDictionary<string, object?> properties)
    {
        ReadOnlySpan<byte> bytes = tail.Span;
        int start = SectionOf(bytes, 0) == SectionWriter.Properties ? EndOf(bytes, 0) : 0;
        int end = SectionOf(bytes, start) == SectionWriter.ApplicationProperties ? EndOf(bytes, start) : start;
        var writer = new SectionWriter();
        writer.Append(bytes[..start]);
        writer.BeginMap(SectionWriter.ApplicationProperties);
        foreach ((string name, object? value) in properties)
        {
            writer.Value(name);
            writer.Value(value);
        }

        writer.End();
        writer.Append(bytes[end..]);
        return writer.ToArray();
    }

    private static ReadOnlyMemory<byte> TailOf(byte[] bytes)
    {
        int at = 0;
        while (SectionOf(bytes, at) is SectionWriter.Header or SectionWriter.DeliveryAnnotations or SectionWriter.MessageAnnotations)
            at = EndOf(bytes, at);

        return bytes.AsMemory(at);
    }

    /// <summary>The descriptor of the section at a position; 0 at the end and for none.</summary>
    private static byte SectionOf(ReadOnlySpan<byte> bytes, int at) =>
        at + 2 < bytes.Length && bytes[at] == 0
            ? bytes[at + 1] switch
            {
                0x53 => bytes[at + 2],
                0x80 when at + 9 < bytes.Length => bytes[at + 9],
                _ => (byte)0,
            }
            : (byte)0;

    private static int EndOf(ReadOnlySpan<byte> bytes, int at)
    {
        int value = at + (bytes[at + 1] == 0x80 ? 10 : 3);
        return bytes[value] switch
        {
            0x45 => value + 1,
            0xc0 or 0xc1 => value + 2 + bytes[value + 1],
            0xd0 or 0xd1 => value + 5 + BinaryPrimitives.ReadInt32BigEndian(bytes[(value + 1)..]),
            byte format => throw new FormatException($"A section has the format 0x{format:x2}."),
        };
    }
}
