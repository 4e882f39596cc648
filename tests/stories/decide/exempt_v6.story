connect user [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443
user tcp [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443 PA tls(sni=bank.example)
out forward
flow tcp [2001:db8:a10::5]:40000 > [2001:db8:2::9]:443 reason=exempt_finance name=bank.example org=ministry
