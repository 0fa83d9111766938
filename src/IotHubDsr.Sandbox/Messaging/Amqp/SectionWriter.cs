using System.Buffers.Binary;
using System.Text;
using Microsoft.Azure.Amqp.Encoding;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>Encodes sections of AMQP messages into a buffer that is used again: what is stored is encoded once.</summary>
internal sealed class SectionWriter
{
    public const byte Header = 0x70;
    public const byte DeliveryAnnotations = 0x71;
    public const byte MessageAnnotations = 0x72;
    public const byte Properties = 0x73;
    public const byte ApplicationProperties = 0x74;
    public const byte Data = 0x75;

    private byte[] _buffer = new byte[1024];
    private int _length;
    private int _start;
    private int _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public int Length => _length;

    public void Clear() => _length = 0;

    public byte[] ToArray() => Written.ToArray();

    public void Append(ReadOnlySpan<byte> encoded) => encoded.CopyTo(Take(encoded.Length));

    /// <summary>Begins a section that is a map; each entry is a key and a value.</summary>
    public void BeginMap(byte section) => Begin(section, 0xd1);

    /// <summary>Begins a section that is a list of fields in the order of the specification.</summary>
    public void BeginList(byte section) => Begin(section, 0xd0);

    public void End()
    {
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_start), _length - _start - 4);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(_start + 4), _count);
    }

    public void AddData(ReadOnlySpan<byte> body)
    {
        Describe(Data);
        WriteBytes(0xa0, 0xb0, body);
    }

    public void Null() => Put(0x40);

    public void Value(bool value) => Put(value ? (byte)0x41 : (byte)0x42);

    public void Value(int value)
    {
        Put(0x71);
        BinaryPrimitives.WriteInt32BigEndian(Take(4), value);
    }

    public void Value(uint value)
    {
        Put(0x70);
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
    }

    public void Value(long value)
    {
        Put(0x81);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value);
    }

    public void Value(DateTimeOffset value)
    {
        Put(0x83);
        BinaryPrimitives.WriteInt64BigEndian(Take(8), value.ToUnixTimeMilliseconds());
    }

    public void Value(string value) => WriteText(0xa1, 0xb1, value);

    public void Binary(ReadOnlySpan<byte> value) => WriteBytes(0xa0, 0xb0, value);

    public void Symbol(string value) => WriteText(0xa3, 0xb3, value);

    /// <summary>Any value that a client may have put into a message.</summary>
    public void Value(object? value)
    {
        switch (value)
        {
            case null:
                Null();
                break;
            case string text:
                Value(text);
                break;
            case long number:
                Value(number);
                break;
            case int number:
                Value(number);
                break;
            case uint number:
                Value(number);
                break;
            case bool flag:
                Value(flag);
                break;
            case DateTimeOffset time:
                Value(time);
                break;
            default:
                var encoded = new Microsoft.Azure.Amqp.ByteBuffer(256, autoGrow: true);
                AmqpEncoding.EncodeObject(value, encoded);
                _count++;
                Append(encoded.Buffer.AsSpan(encoded.Offset, encoded.Length));
                break;
        }
    }

    private void Begin(byte section, byte format)
    {
        Describe(section);
        Take(1)[0] = format;
        _start = _length;
        _count = 0;
        Take(8);
    }

    private void Describe(byte section)
    {
        Span<byte> target = Take(3);
        target[0] = 0;
        target[1] = 0x53;
        target[2] = section;
    }

    private void Put(byte format)
    {
        _count++;
        Take(1)[0] = format;
    }

    private void WriteText(byte small, byte large, string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Span<byte> target = Size(small, large, length);
        Encoding.UTF8.GetBytes(text, target);
    }

    private void WriteBytes(byte small, byte large, ReadOnlySpan<byte> bytes) => bytes.CopyTo(Size(small, large, bytes.Length));

    private Span<byte> Size(byte small, byte large, int length)
    {
        Put(length <= byte.MaxValue ? small : large);
        if (length <= byte.MaxValue)
            Take(1)[0] = (byte)length;
        else
            BinaryPrimitives.WriteInt32BigEndian(Take(4), length);

        return Take(length);
    }

    private Span<byte> Take(int length)
    {
        if (_length + length > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + length));

        Span<byte> taken = _buffer.AsSpan(_length, length);
        _length += length;
        return taken;
    }
}
