using System.Text;
using CsCheck;
using IotHubDsr.Core.Packages;

namespace IotHubDsr.Core.Tests.Packages;

public sealed class PackageNamesTests
{
    private const string IdCharacters = "ABCabcz09-:.+%_#*?!(),=@;$'";

    private static readonly string[] Odd =
    [
        "con",
        "CON",
        "nul.txt",
        "aux.",
        "com1",
        "lpt9.json",
        ".",
        "..",
        ".git",
        "a.",
        "a ",
        "../../etc/passwd",
        "C:\\x",
        "",
        "Žluť",
        "😀",
    ];

    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Char[IdCharacters].Array[1, 12].Select(characters => new string(characters)),
        Gen.Char[IdCharacters].Array[1, 128].Select(characters => new string(characters)),
        Gen.Int[0, Odd.Length - 1].Select(index => Odd[index])
    );

    [Fact]
    public void For_DistinctIds_GiveNamesThatDifferAlsoWhereCaseIsFolded() =>
        Gen.Select(Ids, Ids)
            .Sample(
                (one, other) =>
                    one == other || !string.Equals(PackageNames.For(one), PackageNames.For(other), StringComparison.OrdinalIgnoreCase)
            );

    [Fact]
    public void For_AnyId_GivesAPlainNameThatEveryFileSystemTakes() =>
        Ids.Sample(id =>
        {
            string name = PackageNames.For(id);
            string stem = name.Split('.')[0];
            return name.Length > 0
                && Encoding.UTF8.GetByteCount(name) <= 200
                && name.All(character =>
                    char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '_' or '.' or '~'
                )
                && name[0] != '.'
                && name[^1] != '.'
                && stem is not ("con" or "prn" or "aux" or "nul")
                && !(stem.Length == 4 && stem[..3] is "com" or "lpt" && char.IsAsciiDigit(stem[3]));
        });

    [Theory]
    [InlineData("dev1")]
    [InlineData("th-001_a.b")]
    public void For_PlainId_IsTheIdItself(string id) => Assert.Equal(id, PackageNames.For(id));

    [Fact]
    public void For_IdsThatDifferByCase_KeepTheirWordsReadable()
    {
        Assert.Equal("dev1", PackageNames.For("dev1"));
        Assert.StartsWith("dev1~", PackageNames.For("Dev1"), StringComparison.Ordinal);
        Assert.StartsWith("dev1~", PackageNames.For("DEV1"), StringComparison.Ordinal);
    }
}
