using Microsoft.Azure.Amqp;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>A delivery of bytes that are encoded already, in up to three parts. It can be filled again when it was settled.</summary>
internal sealed class RawDelivery : Delivery
{
    private readonly ArraySegment<byte>[] _two = new ArraySegment<byte>[2];
    private readonly ArraySegment<byte>[] _three = new ArraySegment<byte>[3];
    private ArraySegment<byte>[] _parts = [];
    private int _length;
    private int _sent;

    public RawDelivery(ArraySegment<byte> tag) => DeliveryTag = tag;

    public RawDelivery(Guid tag)
        : this(new ArraySegment<byte>(tag.ToByteArray())) { }

    public void Fill(ArraySegment<byte> head, ArraySegment<byte> tail)
    {
        (_two[0], _two[1]) = (head, tail);
        Fill(_two);
    }

    public void Fill(ArraySegment<byte> first, ArraySegment<byte> head, ArraySegment<byte> tail)
    {
        (_three[0], _three[1], _three[2]) = (first, head, tail);
        Fill(_three);
    }

    public override ArraySegment<byte>[] GetPayload(int payloadSize, out bool more)
    {
        int take = Math.Min(payloadSize, _length - _sent);
        more = _sent + take < _length;
        if (_sent == 0 && !more)
            return _parts;

        var cut = new List<ArraySegment<byte>>();
        (int skip, int left) = (_sent, take);
        foreach (ArraySegment<byte> part in _parts)
        {
            if (skip >= part.Count)
            {
                skip -= part.Count;
                continue;
            }

            int count = Math.Min(left, part.Count - skip);
            cut.Add(part.Slice(skip, count));
            left -= count;
            skip = 0;
            if (left == 0)
                break;
        }

        return [.. cut];
    }

    protected override void OnCompletePayload(int payloadSize) => _sent += payloadSize;

    private void Fill(ArraySegment<byte>[] parts)
    {
        _parts = parts;
        _sent = 0;
        _length = 0;
        foreach (ArraySegment<byte> part in parts)
            _length += part.Count;

        State = null;
        Settled = false;
    }
}
