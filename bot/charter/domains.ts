/** Mail services that anyone can have an address at: such a domain never stands for a company. */
const PUBLIC = new Set(
  `gmail.com googlemail.com aol.com aim.com icloud.com me.com mac.com msn.com passport.com proton.me protonmail.com protonmail.ch pm.me tutanota.com
  tutanota.de tuta.io tuta.com fastmail.com fastmail.fm hey.com mail.com email.com usa.com post.com zoho.com zohomail.com zohomail.eu yandex.com
  yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru ukr.net i.ua rediffmail.com sify.com indiatimes.com qq.com foxmail.com 163.com 126.com
  yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn naver.com daum.net hanmail.net nate.com kakao.com web.de freenet.de t-online.de
  arcor.de gmx.de posteo.de mailbox.org kabelmail.de online.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr libero.it virgilio.it
  tiscali.it tin.it alice.it ziggo.nl kpnmail.nl planet.nl xs4all.nl hetnet.nl home.nl casema.nl telenet.be skynet.be proximus.be bluewin.ch
  sunrise.ch chello.at aon.at wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu op.pl poczta.fm tlen.pl gazeta.pl seznam.cz centrum.cz email.cz
  azet.sk zoznam.sk freemail.hu citromail.hu abv.bg mail.bg telia.com spray.se comhem.se online.no broadpark.no sol.dk jubii.dk luukku.com
  kolumbus.fi uol.com.br bol.com.br terra.com.br ig.com.br globo.com btinternet.com ntlworld.com sky.com virginmedia.com talktalk.net
  blueyonder.co.uk eircom.net comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net optonline.net juno.com
  rogers.com shaw.ca sympatico.ca videotron.ca bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz telkomsa.net mweb.co.za
  pldtdsl.net singnet.com.sg duck.com mozmail.com privaterelay.appleid.com mailinator.com guerrillamail.com 10minutemail.com yopmail.com
  onmicrosoft.com gmx.net gmx.com`.split(/\s+/),
);

/** Families that exist under many endings: `hotmail.co.uk`, `yahoo.fr`. */
const FAMILY = /^(hotmail|outlook|live|windowslive|yahoo|ymail|rocketmail|gmx)\.[a-z]{2,3}(\.[a-z]{2})?$/;

/** Endings under which companies register: nobody's own domain. */
const ENDING = /^(co|com|org|net|gov|gob|gouv|go|ac|edu|or|ne|nic|ltd|plc)\.[a-z]{2}$/;

const DOMAIN = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;

/** Why a domain cannot stand for a company, as a sentence with the mend; null when it can. Lower case expected. */
export function domainProblem(domain: string): string | null {
  if (domain.includes('@')) return `${domain} is an address. Write the part after the @ alone`;
  if (!DOMAIN.test(domain)) return `${JSON.stringify(domain)} is not a domain. Write fabrikam.com`;
  if (PUBLIC.has(domain) || FAMILY.test(domain)) {
    return `${domain} is a public mail service, where anyone can have an address. Leave it out; a person's address there may stand under people`;
  }
  if (ENDING.test(domain)) return `${domain} is an ending under which many companies register. Write the company's own domain`;
  return null;
}

/** Whether an address's domain is this one or lies under it. Both lower case. */
export const underDomain = (address: string, domain: string): boolean => {
  const own = address.slice(address.lastIndexOf('@') + 1);
  return own === domain || own.endsWith(`.${domain}`);
};
