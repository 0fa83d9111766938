using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IotHubDsr.Core.Archives.Json;

/// <summary>
/// The beginning of a line up to its sender, as one line had it: a line with the same members, whose texts are as long and have no escapes,
/// has its sender at the same place. To compare all that at once is much quicker than to read it member by member.
/// </summary>
internal sealed class JsonHeadShape
{
    private const int MaxLength = 1024;

    private readonly byte[] _expected = new byte[MaxLength];

    // Where the bytes must be the same, and where texts are, in which only their end must not be.
    private readonly byte[] _same = new byte[MaxLength];
    private readonly byte[] _texts = new byte[MaxLength];

    /// <summary>How long the beginning is; 0 when none is known.</summary>
    public int Length { get; private set; }

    public bool Is(ReadOnlySpan<byte> line)
    {
        int padded = (Length + Vector512<byte>.Count - 1) & -Vector512<byte>.Count;
        if (Length == 0 || padded > line.Length)
            return false;

        ref byte bytes = ref MemoryMarshal.GetReference(line);
        ref byte expected = ref MemoryMarshal.GetArrayDataReference(_expected);
        ref byte same = ref MemoryMarshal.GetArrayDataReference(_same);
        ref byte texts = ref MemoryMarshal.GetArrayDataReference(_texts);
        Vector512<byte> wrong = Vector512<byte>.Zero;
        for (nuint at = 0; at < (nuint)padded; at += (nuint)Vector512<byte>.Count)
        {
            var here = Vector512.LoadUnsafe(ref bytes, at);
            Vector512<byte> ends =
                Vector512.Equals(here, Vector512.Create((byte)'"'))
                | Vector512.Equals(here, Vector512.Create((byte)'\\'))
                | Vector512.Equals(here, Vector512.Create((byte)'\n'));
            wrong |=
                (ends & Vector512.LoadUnsafe(ref texts, at))
                | ((here ^ Vector512.LoadUnsafe(ref expected, at)) & Vector512.LoadUnsafe(ref same, at));
        }

        return wrong == Vector512<byte>.Zero;
    }

    /// <summary>Begins to remember a line, of which nothing is known yet.</summary>
    public void Begin()
    {
        Length = 0;
        _texts.AsSpan().Clear();
    }

    /// <summary>A text of the line, between its quotes.</summary>
    public void NoteText(int start, int end) => _texts.AsSpan(Math.Min(start, MaxLength)..Math.Min(end, MaxLength)).Fill(byte.MaxValue);

    /// <summary>The beginning of the line, all of whose texts have been noted.</summary>
    public void End(ReadOnlySpan<byte> head)
    {
        if (head.Length > MaxLength)
            return;

        head.CopyTo(_expected);
        Length = head.Length;
        _same.AsSpan(Length).Clear();
        for (int at = 0; at < Length; at++)
            _same[at] = (byte)~_texts[at];
    }
}
