using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using IotHubDsr.Core.Foundation;

namespace IotHubDsr.Core.Tests.Evidence.Plans;

/// <summary>The examples of RFC 8785, and what must hold for every document.</summary>
public sealed class CanonicalJsonTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Char["abAB01\"\\/\b\f\n\r\t\u0000\u001f\u007f\u0080\u20ac\ufb33\uffff"]
            .Array[0, 5]
            .Select(characters => new string(characters)),
        Gen.OneOf("😀", "\ud83d\ude00\ufb33", "é", "e\u0301")
    );

    private static readonly Gen<double> Numbers = Gen.OneOf(
        Gen.Double.Where(double.IsFinite),
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite),
        Gen.Int.Select(number => (double)number)
    );

    [Theory]
    // Appendix B: the bits of an IEEE 754 number, and its form.
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void Write_Number_IsAsEcmaScriptHasIt(ulong bits, string expected)
    {
        double number = BitConverter.UInt64BitsToDouble(bits);

        Assert.Equal(expected, Canonical(number.ToString("G17", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Write_SerializationExample_IsThatOfTheRfc() =>
        Assert.Equal(
            """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
            Canonical(
                """
                {
                  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                  "literals": [null, true, false]
                }
                """
            )
        );

    [Fact]
    public void Write_SortingExample_IsByUtf16CodeUnits()
    {
        using var document = JsonDocument.Parse(
            Canonical(
                """
                {
                  "\u20ac": "Euro Sign",
                  "\r": "Carriage Return",
                  "\ufb33": "Hebrew Letter Dalet With Dagesh",
                  "1": "One",
                  "\ud83d\ude00": "Emoji: Grinning Face",
                  "\u0080": "Control",
                  "\u00f6": "Latin Small Letter O With Diaeresis"
                }
                """
            )
        );

        Assert.Equal(
            [
                "Carriage Return",
                "One",
                "Control",
                "Latin Small Letter O With Diaeresis",
                "Euro Sign",
                "Emoji: Grinning Face",
                "Hebrew Letter Dalet With Dagesh",
            ],
            document.RootElement.EnumerateObject().Select(member => member.Value.GetString())
        );
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("[1e400]")]
    [InlineData("[-1e999999]")]
    public void Write_ValueWithoutOneForm_IsRefused(string json) => Assert.Throws<JsonException>(() => Canonical(json));

    [Fact]
    public void Write_CanonicalForm_StaysAsItIs() =>
        Members(Gen.Const(0))
            .Sample(pair =>
            {
                string once = Canonical(Json(pair.Members));
                return Canonical(once) == once;
            });

    [Fact]
    public void Write_MembersInAnotherOrder_GiveTheSameBytes() =>
        Members(Gen.Int)
            .Sample(pair =>
            {
                KeyValuePair<string, double>[] shuffled = [.. pair.Members];
                new Random(pair.Seed).Shuffle(shuffled);
                return Canonical(Json(shuffled)) == Canonical(Json(pair.Members));
            });

    [Fact]
    public void Write_Members_LoseNothing() =>
        Members(Gen.Const(0))
            .Sample(pair =>
            {
                using var document = JsonDocument.Parse(Canonical(Json(pair.Members)));
                return document
                    .RootElement.EnumerateObject()
                    .Select(member => (member.Name, member.Value.GetProperty(member.Name)[0].GetDouble()))
                    .SequenceEqual(
                        pair.Members.OrderBy(member => member.Key, StringComparer.Ordinal)
                            .Select(member => (member.Key, member.Value + 0.0))
                    );
            });

    private static Gen<(IReadOnlyList<KeyValuePair<string, double>> Members, int Seed)> Members(Gen<int> seeds) =>
        Gen.Select(Gen.Select(Texts, Numbers).Array[0, 8], seeds, (members, seed) =>
            (
                (IReadOnlyList<KeyValuePair<string, double>>)
                    [.. members.DistinctBy(member => member.Item1).Select(member => KeyValuePair.Create(member.Item1, member.Item2))],
                seed
            )
        );

    /// <summary>Each member's value is an object with an array, so that what is nested counts too.</summary>
    private static string Json(IEnumerable<KeyValuePair<string, double>> members) =>
        JsonSerializer.Serialize(
            members.ToDictionary(member => member.Key, member => new Dictionary<string, double[]> { [member.Key] = [member.Value] })
        );

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Write(document.RootElement));
    }
}
