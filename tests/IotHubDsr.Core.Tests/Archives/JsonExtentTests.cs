using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Archives.Json;

namespace IotHubDsr.Core.Tests.Archives;

/// <summary>An object ends where the runtime's reader says, wherever its bytes are cut on the way.</summary>
public sealed class JsonExtentTests
{
    private static readonly string[] Pieces =
    [
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        "a",
        "\u00e9",
        "\n",
        "x\\\"{",
        "long enough for a stride, or nearly {[}] so",
    ];

    private static readonly Gen<string> Texts = Gen.Int[0, Pieces.Length - 1]
        .Select(index => Pieces[index])
        .Array[0, 12]
        .Select(string.Concat);

    [Fact]
    public void TryFindEnd_WhateverIsInTheObject_FindsWhereTheReaderDoes() =>
        Gen.Select(Gen.Select(Texts, Texts).Array[0, 8], Gen.Int[1, 150])
            .Sample(
                (members, piece) =>
                {
                    var record = new Dictionary<string, object>(StringComparer.Ordinal);
                    foreach ((string name, string value) in members)
                        record[name] = new Dictionary<string, string[]>(StringComparer.Ordinal) { [value] = [value, name] };
                    byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(record), .. ",{\"next\":1}]"u8];
                    var reader = new Utf8JsonReader(bytes);
                    reader.Read();
                    reader.Skip();

                    Assert.Equal((int)reader.BytesConsumed, EndOf(bytes, piece));
                },
                iter: Repetitions.Of(300)
            );

    [Fact]
    public void TryFindEnd_AnObjectThatBreaksOff_HasNoEnd()
    {
        byte[] bytes = Encoding.UTF8.GetBytes($$"""{"a":"{{new string('\\', 120)}}","b":[{"c":"}"}]}""");
        for (int length = 1; length < bytes.Length; length++)
            Assert.False(new JsonExtent().TryFindEnd(bytes.AsSpan(0, length), out _));

        Assert.True(new JsonExtent().TryFindEnd(bytes, out int end));
        Assert.Equal(bytes.Length, end);
    }

    private static int EndOf(byte[] bytes, int piece)
    {
        var extent = new JsonExtent();
        for (int there = piece; ; there += piece)
        {
            if (extent.TryFindEnd(bytes.AsSpan(0, Math.Min(there, bytes.Length)), out int length))
                return length;
            Assert.True(there < bytes.Length, "There is no end.");
        }
    }
}
